"""What every page shares: layout, stylesheet, headers, the way numbers and times are said."""

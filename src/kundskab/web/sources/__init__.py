"""Settings: where does it come from, and what may it be used for?"""

"""What people will do next, within a stated horizon: whether they return, how often, its worth, and the doubt."""

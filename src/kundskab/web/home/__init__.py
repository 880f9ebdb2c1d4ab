"""Home: what came in?"""

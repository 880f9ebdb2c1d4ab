"""People: who are they, and who is this one?"""

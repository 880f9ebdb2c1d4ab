"""The next action: which kind of thing each person does next, and when; models compete, the plain guess stands by."""

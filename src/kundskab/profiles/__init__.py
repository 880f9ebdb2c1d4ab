"""What is understood of one person: what we know already, what she stands out by."""

from kundskab.profiles.known import Answer, Question, known

__all__ = ["Answer", "Question", "known"]

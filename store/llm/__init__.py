"""Answers of language models by what was asked, so that a stage that runs again does not pay again."""

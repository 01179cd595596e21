"""From the written form to a scenario: errors of form in the words of the language, and what is left of a draft."""

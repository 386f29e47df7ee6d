"""Whether a text says what another claims: quantities, names, words, denials, and who did what."""

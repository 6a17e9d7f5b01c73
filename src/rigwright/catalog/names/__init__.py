"""What a written line means: its claims, its words, the part of a catalogue they name."""

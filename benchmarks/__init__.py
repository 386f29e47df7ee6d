"""How fast Dossier is and how much it takes, measured side by side with what it rests on: `make bench`."""

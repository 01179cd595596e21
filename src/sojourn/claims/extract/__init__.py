"""What a text claims: documents, sentences, figures, periods and subjects."""

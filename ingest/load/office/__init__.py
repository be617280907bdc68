"""Files of office programs: text documents, slides and sheets, each read to its last text box, note and comment."""

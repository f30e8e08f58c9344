"""The books: a chart, balanced entries that are only ever added, and questions to them."""

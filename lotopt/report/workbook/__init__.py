"""workbook.xlsx: lots, areas, awards, coherence and readings as numbers to work on."""

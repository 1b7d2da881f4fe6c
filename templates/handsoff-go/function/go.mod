module handsoff-plugin

go 1.24

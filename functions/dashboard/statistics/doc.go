// Package statistics is the dashboard's page about how jobs did over time: how many ran and how they ended, how long they took,
// how long they waited, and how fast they stopped; each drawn, and as a table.
package statistics

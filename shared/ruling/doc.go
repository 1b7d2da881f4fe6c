// Package ruling is what rules decided of late, how often each of them acted, and which of them people let rest. The function
// event writes it; whoever shows rules reads it.
package ruling

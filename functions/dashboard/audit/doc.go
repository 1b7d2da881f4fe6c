// Package audit is the dashboard's page about the audit trail: who did what, and what was refused; whether it is as it was
// sealed; and the file with which anybody can check that elsewhere.
package audit

package main

import (
	"context"
	"fmt"
	"strings"
)

// schemas are the databases.
var schemas = []string{"keystone", "heat", "placement", "glance", "neutron", "nova", "nova_api", "nova_cell0"}

// startDatabase makes and starts MariaDB. Everything is done with what a crash of the machine might lose: it is for tests.
func (m *machine) startDatabase(ctx context.Context) error {
	err := m.once("the database's files", func() error {
		var text strings.Builder
		fmt.Fprintf(&text, "CREATE OR REPLACE USER 'openstack'@'%s' IDENTIFIED BY '%s';\n", host, m.Password)
		fmt.Fprintf(&text, "GRANT ALL ON *.* TO 'openstack'@'%s';\n", host)
		for _, schema := range schemas {
			fmt.Fprintf(&text, "CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8;\n", schema)
		}
		if err := m.write("etc/mariadb.sql", []byte(text.String())); err != nil {
			return err
		}
		return m.do(ctx, "mariadb-install", "mariadb-install-db", "--no-defaults", "--user=root", "--skip-test-db",
			"--datadir="+m.path("mariadb"))
	})
	if err != nil {
		return err
	}
	err = m.start(program{name: "mariadb", path: "mariadbd", args: []string{
		"--no-defaults", "--user=root", "--datadir=" + m.path("mariadb"), "--socket=" + m.path("run", "mariadb.sock"),
		"--pid-file=" + m.path("run", "mariadb.pid"), "--init-file=" + m.path("etc", "mariadb.sql"),
		"--bind-address=" + host, fmt.Sprintf("--port=%d", m.Ports["database"]), "--skip-name-resolve", "--skip-log-bin",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=256M", "--max-connections=500",
	}})
	if err != nil {
		return err
	}
	return m.listens(ctx, "mariadb", "database")
}

// database is how a service reaches its own.
func (m *machine) database(schema string) string {
	return fmt.Sprintf("mysql+pymysql://openstack:%s@%s/%s?charset=utf8", m.Password, m.address("database"), schema)
}

// databases are how each service makes its tables; Nova, which has three, is apart.
func databases(all bool) map[string][]string {
	how := map[string][]string{"heat": {"heat-manage", "db_sync"}}
	if all {
		how["placement"] = []string{"placement-manage", "db", "sync"}
		how["glance"] = []string{"glance-manage", "db_sync"}
		how["neutron"] = []string{"neutron-db-manage", "upgrade", "heads"}
	}
	return how
}

func (m *machine) makeDatabases(ctx context.Context, how map[string][]string) error {
	for service, words := range how {
		err := m.once(service+"'s database", func() error {
			args := append([]string{"--config-file", m.configOf(service)}, words[1:]...)
			return m.do(ctx, service+"-manage", words[0], args...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeNova makes Nova's tables and its two cells.
func (m *machine) makeNova(ctx context.Context) error {
	for _, words := range [][]string{
		{"api_db", "sync"},
		{"cell_v2", "map_cell0", "--database_connection", m.database("nova_cell0")},
		{"cell_v2", "create_cell", "--name", "cell1"},
		{"db", "sync"},
	} {
		args := append([]string{"--config-file", m.configOf("nova")}, words...)
		if err := m.do(ctx, "nova-manage", "nova-manage", args...); err != nil {
			return err
		}
	}
	return nil
}

package main

import "fmt"

// startQueue starts RabbitMQ and the port mapper that it needs.
func (m *machine) startQueue() error {
	mapper := []string{"ERL_EPMD_ADDRESS=" + host, fmt.Sprintf("ERL_EPMD_PORT=%d", m.Ports["epmd"])}
	if err := m.start(program{name: "epmd", path: "epmd", args: []string{"-address", host, "-port", fmt.Sprint(m.Ports["epmd"])}, env: mapper}); err != nil {
		return err
	}
	return m.start(program{name: "rabbitmq", path: "/usr/lib/rabbitmq/bin/rabbitmq-server", env: append([]string{
		"RABBITMQ_NODENAME=handsoff@localhost", "RABBITMQ_NODE_IP_ADDRESS=" + host,
		fmt.Sprintf("RABBITMQ_NODE_PORT=%d", m.Ports["queue"]), fmt.Sprintf("RABBITMQ_DIST_PORT=%d", m.Ports["erlang"]),
		"RABBITMQ_MNESIA_BASE=" + m.path("rabbitmq"), "RABBITMQ_LOG_BASE=" + m.path("log", "rabbitmq"),
		"RABBITMQ_ENABLED_PLUGINS_FILE=" + m.path("etc", "rabbitmq-plugins"), "RABBITMQ_CONFIG_FILE=" + m.path("etc", "rabbitmq"),
		"RABBITMQ_CONF_ENV_FILE=" + m.path("etc", "rabbitmq-env"),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}", "RABBITMQ_SERVER_ERL_ARGS=+S 1:1",
	}, mapper...)})
}

# A worker that is reached by another address than its name
jet_ssh_hostname: 10.0.0.7
jet_ssh_port: 2222

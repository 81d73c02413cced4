# Written by hand
net.core.somaxconn = 128
-net/core/somaxconn=4096 

# net.core.somaxconn: because
net.ipv4.tcp_rmem = 4096 131072 6291456

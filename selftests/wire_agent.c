// SPDX-License-Identifier: GPL-2.0
/*
 * wire_agent.c - the other end of a TUN device: TCP segments made by hand.
 *
 * Job: send exactly the segments a test asks for, from any address, with no
 * retransmission and no opinion of their own, and say what came back. Runs on
 * one CPU only and waits for that CPU's backlog to be empty, so that an answer is
 * complete: on a busy one the kernel leaves a segment for later.
 * A connection is its source port; what it has sent and been sent is kept, so
 * that sequence numbers fit.
 * Context: argument 1 is the device's name; see agent.h for the conversation.
 * The test gives the device its addresses.
 * Does not: implement TCP. No window, no timer, no options but those it is told
 * to put on a SYN.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/types.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agent.h"

#define DATA_MAX	512
#define OPTIONS_MAX	40
#define PORTS		65536

/* As they come over the wire; every header is a multiple of four bytes. */
struct segment4 {
	struct iphdr ip;
	struct tcphdr tcp;
	char data[OPTIONS_MAX + DATA_MAX];
};

struct segment6 {
	struct ip6_hdr ip;
	struct tcphdr tcp;
	char data[OPTIONS_MAX + DATA_MAX];
};

/* What is known of the connection from one source port. */
static struct {
	__u32 start;		/* the SYN's sequence number */
	__u32 next;		/* ours */
	__u32 peer;		/* what we have yet to see of the other side's */
} conns[PORTS];

/* What came back, by kind. */
struct replies {
	unsigned int synack, ack, rst, fin;
};

static int tun = -1;
static bool hurried;		/* do not wait until the kernel is done with a segment */
static int softnet = -1;	/* /proc/net/softnet_stat */
static unsigned int this_cpu;

/* Others are repeated by a timer, on a slow machine amid anything. */
static bool awaits_synack = true;
static struct sockaddr_storage target;
static __u8 options[OPTIONS_MAX];	/* of SYNs */
static size_t options_len;		/* a multiple of four */

static __u32 sum16(__u32 sum, const void *data, size_t len)
{
	const __u8 *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	return sum;
}

static __u16 fold(__u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* The checksum of @len bytes of @protocol between two addresses. */
static __u16 checksum(const void *addresses, size_t size, __u8 protocol,
		      const void *data, size_t len)
{
	return fold(sum16(sum16(protocol + len, addresses, size), data, len));
}

static __u16 target_port(void)
{
	/* sin_port and sin6_port are at the same place. */
	return ((struct sockaddr_in *)&target)->sin_port;
}

static void fill_ip4(struct iphdr *ip, __u8 protocol, size_t len,
		     const struct sockaddr_storage *from,
		     const struct sockaddr_storage *to)
{
	memset(ip, 0, sizeof(*ip));
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = htons(sizeof(*ip) + len);
	ip->ttl = 64;
	ip->protocol = protocol;
	ip->saddr = ((struct sockaddr_in *)from)->sin_addr.s_addr;
	ip->daddr = ((struct sockaddr_in *)to)->sin_addr.s_addr;
	ip->check = fold(sum16(0, ip, sizeof(*ip)));
}

static void fill_ip6(struct ip6_hdr *ip, __u8 protocol, size_t len,
		     const struct sockaddr_storage *from,
		     const struct sockaddr_storage *to)
{
	memset(ip, 0, sizeof(*ip));
	ip->ip6_flow = htonl(6 << 28);
	ip->ip6_plen = htons(len);
	ip->ip6_nxt = protocol;
	ip->ip6_hlim = 64;
	ip->ip6_src = ((struct sockaddr_in6 *)from)->sin6_addr;
	ip->ip6_dst = ((struct sockaddr_in6 *)to)->sin6_addr;
}

/*
 * The header of the next segment of @port with @flags, e.g. "SA", and its options
 * behind it. Returns the length of both.
 */
static size_t fill_tcp(struct tcphdr *tcp, __u16 port, const char *flags,
		       size_t data)
{
	size_t len = sizeof(*tcp);

	memset(tcp, 0, sizeof(*tcp));
	tcp->syn = !!strchr(flags, 'S');
	tcp->fin = !!strchr(flags, 'F');
	tcp->rst = !!strchr(flags, 'R');
	tcp->ack = !!strchr(flags, 'A');
	tcp->source = htons(port);
	tcp->dest = target_port();
	if (tcp->syn) {
		memcpy(tcp + 1, options, options_len);
		len += options_len;
	}
	tcp->doff = len / 4;
	tcp->window = htons(65535);
	tcp->seq = htonl(tcp->syn ? conns[port].start : conns[port].next);
	tcp->ack_seq = tcp->ack ? htonl(conns[port].peer) : 0;
	conns[port].next = ntohl(tcp->seq) + tcp->syn + tcp->fin + data;
	return len;
}

/*
 * This CPU has packets that it has not handled yet. Those being handled do not
 * count, but then nothing else runs on it. Linux 5.10: softnet_seq_show() has
 * the length as the twelfth number, and the CPU behind it.
 */
static bool backlogged(void)
{
	char text[16384], *line, *rest;
	unsigned int backlog, cpu;
	ssize_t n = pread(softnet, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		if (sscanf(line, "%*x %*x %*x %*x %*x %*x %*x %*x %*x %*x %*x %x %x",
			   &backlog, &cpu) == 2 && cpu == this_cpu)
			return backlog;
	return false;
}

/* Send, and return when the kernel is done with it, if there is no hurry. */
static int put(const void *packet, size_t len)
{
	if (write(tun, packet, len) < 0)
		return -errno;
	while (!hurried && backlogged())
		sched_yield();
	return 0;
}

static int put_segment4(const struct sockaddr_storage *from, __u16 port,
			const char *flags, size_t data)
{
	struct segment4 s = {};
	size_t len = fill_tcp(&s.tcp, port, flags, data) + data;

	fill_ip4(&s.ip, IPPROTO_TCP, len, from, &target);
	s.tcp.check = checksum(&s.ip.saddr, 8, IPPROTO_TCP, &s.tcp, len);
	return put(&s, sizeof(s.ip) + len);
}

static int put_segment6(const struct sockaddr_storage *from, __u16 port,
			const char *flags, size_t data)
{
	struct segment6 s = {};
	size_t len = fill_tcp(&s.tcp, port, flags, data) + data;

	fill_ip6(&s.ip, IPPROTO_TCP, len, from, &target);
	s.tcp.check = checksum(&s.ip.ip6_src, 32, IPPROTO_TCP, &s.tcp, len);
	return put(&s, sizeof(s.ip) + len);
}

static int put_segment(const struct sockaddr_storage *from, __u16 port,
		       const char *flags, size_t data)
{
	return from->ss_family == AF_INET6 ?
		put_segment6(from, port, flags, data) :
		put_segment4(from, port, flags, data);
}

/* The start of the SYN-ACK that an ICMP error is about. */
static void quote_synack(struct tcphdr *tcp, __u16 port)
{
	memset(tcp, 0, sizeof(*tcp));
	tcp->source = target_port();
	tcp->dest = htons(port);
	tcp->seq = htonl(conns[port].peer - 1);
	tcp->doff = sizeof(*tcp) / 4;
}

/* Host unreachable. */
static int put_icmp4(const struct sockaddr_storage *from, __u16 port)
{
	struct {
		struct iphdr ip;
		struct icmphdr icmp;
		struct iphdr quoted;
		struct tcphdr tcp;
	} p = {};
	size_t len = sizeof(p) - sizeof(p.ip);

	p.icmp.type = ICMP_DEST_UNREACH;
	p.icmp.code = ICMP_HOST_UNREACH;
	fill_ip4(&p.quoted, IPPROTO_TCP, sizeof(p.tcp), &target, from);
	quote_synack(&p.tcp, port);
	p.icmp.checksum = fold(sum16(0, &p.icmp, len));
	fill_ip4(&p.ip, IPPROTO_ICMP, len, from, &target);
	return put(&p, sizeof(p));
}

/* Administratively prohibited: of ICMPv6 only this and a port are fatal. */
static int put_icmp6(const struct sockaddr_storage *from, __u16 port)
{
	struct {
		struct ip6_hdr ip;
		struct icmp6_hdr icmp;
		struct ip6_hdr quoted;
		struct tcphdr tcp;
	} p = {};
	size_t len = sizeof(p) - sizeof(p.ip);

	p.icmp.icmp6_type = ICMP6_DST_UNREACH;
	p.icmp.icmp6_code = ICMP6_DST_UNREACH_ADMIN;
	fill_ip6(&p.quoted, IPPROTO_TCP, sizeof(p.tcp), &target, from);
	quote_synack(&p.tcp, port);
	fill_ip6(&p.ip, IPPROTO_ICMPV6, len, from, &target);
	p.icmp.icmp6_cksum = checksum(&p.ip.ip6_src, 32, IPPROTO_ICMPV6,
				      &p.icmp, len);
	return put(&p, sizeof(p));
}

/* A segment of @len bytes, header included, from the target to us. */
static void got(const struct tcphdr *tcp, size_t len, struct replies *r)
{
	__u16 port = ntohs(tcp->dest);
	__u32 data = len - tcp->doff * 4;

	if (tcp->source != target_port())
		return;
	if (tcp->rst)
		r->rst++;
	else if (tcp->syn)
		r->synack += awaits_synack;
	else if (tcp->fin)
		r->fin++;
	else
		r->ack++;
	if (!tcp->rst)
		conns[port].peer = ntohl(tcp->seq) + tcp->syn + tcp->fin + data;
}

/*
 * Take what has come from the target. Passed over are other protocols and the other
 * family, of which a socket closed before may still send its FIN again.
 */
static void get_all(struct replies *r)
{
	union {
		struct segment4 v4;
		struct segment6 v6;
		char room[65536];
	} p;
	ssize_t n;

	while ((n = read(tun, &p, sizeof(p))) > 0) {
		if (target.ss_family == AF_INET) {
			if (p.v4.ip.version == 4 &&
			    p.v4.ip.protocol == IPPROTO_TCP)
				got(&p.v4.tcp, n - sizeof(p.v4.ip), r);
		} else if (p.v4.ip.version == 6 &&
			   p.v6.ip.ip6_nxt == IPPROTO_TCP) {
			got(&p.v6.tcp, n - sizeof(p.v6.ip), r);
		}
	}
}

static bool any(const struct replies *r)
{
	return r->synack || r->ack || r->rst || r->fin;
}

static void add(struct replies *sum, const struct replies *r)
{
	sum->synack += r->synack;
	sum->ack += r->ack;
	sum->rst += r->rst;
	sum->fin += r->fin;
}

static void print(const struct replies *r, unsigned int none)
{
	printf("synack=%u ack=%u rst=%u fin=%u none=%u\n", r->synack, r->ack,
	       r->rst, r->fin, none);
}

/* to ADDRESS PORT: whom all of it is for, from now on */
static int do_to(char **word)
{
	if (!agent_address(word[0], word[1], &target))
		return -EINVAL;
	puts("ok");
	return 0;
}

/* options [HEX]: what each SYN has from now on, e.g. 1e040101 */
static int do_options(char **word)
{
	const char *hex = word[0] ? word[0] : "";
	size_t n;

	for (n = 0; n < OPTIONS_MAX && sscanf(hex, "%2hhx", &options[n]) == 1; n++)
		hex += strnlen(hex, 2);
	if (*hex || n % 4)
		return -EINVAL;
	options_len = n;
	puts("ok");
	return 0;
}

/* A segment, and what comes back at once. */
static int exchange(const struct sockaddr_storage *from, unsigned int port,
		    const char *flags, size_t data, struct replies *r)
{
	int err = put_segment(from, port, flags, data);

	memset(r, 0, sizeof(*r));
	awaits_synack = strchr(flags, 'S');
	get_all(r);
	awaits_synack = true;
	return err;
}

/* Consecutive source ports of one address: the words SOURCE PORT COUNT. */
struct range {
	struct sockaddr_storage from;
	unsigned int port;
	unsigned int end;
};

static int parse_range(char **word, struct range *r)
{
	if (!agent_address(word[0], word[1], &r->from) ||
	    r->from.ss_family != target.ss_family)
		return -EINVAL;
	r->port = atoi(word[1]);
	r->end = r->port + atoi(word[2]);
	return r->end > PORTS ? -EINVAL : 0;
}

/*
 * send FLAGS SOURCE PORT COUNT [BYTES]: one segment from each port. The answer
 * counts what came back; `none` are those to which nothing did.
 */
static int do_send(char **word)
{
	size_t data = word[4] ? atoi(word[4]) : 0;
	struct replies sum = {}, r = {};
	unsigned int none = 0;
	struct range range;
	int err = parse_range(word + 1, &range);

	if (data > DATA_MAX)
		return -EINVAL;
	get_all(&r);
	for (; !err && range.port < range.end; range.port++) {
		err = exchange(&range.from, range.port, word[0], data, &r);
		none += !any(&r);
		add(&sum, &r);
	}
	if (!err)
		print(&sum, none);
	return err;
}

/* open SOURCE PORT COUNT: a handshake from each, one after the other */
static int do_open(char **word)
{
	struct replies sum = {}, r = {};
	unsigned int none = 0;
	struct range range;
	int err = parse_range(word, &range);

	get_all(&r);
	for (; !err && range.port < range.end; range.port++) {
		err = exchange(&range.from, range.port, "S", 0, &r);
		none += !any(&r);
		add(&sum, &r);
		if (!err && r.synack)
			err = put_segment(&range.from, range.port, "A", 0);
	}
	if (!err)
		print(&sum, none);
	return err;
}

/* flood SOURCE PORT COUNT: SYNs as fast as can be, the last of them handled */
static int do_flood(char **word)
{
	struct range range;
	int err = parse_range(word, &range);

	for (; !err && range.port < range.end; range.port++) {
		hurried = range.port + 1 < range.end;
		err = put_segment(&range.from, range.port, "S", 0);
	}
	hurried = false;
	if (!err)
		puts("ok");
	return err;
}

/* icmp SOURCE PORT COUNT: an error that ends the request, one each */
static int do_icmp(char **word)
{
	struct range r;
	int err = parse_range(word, &r);

	for (; !err && r.port < r.end; r.port++)
		err = r.from.ss_family == AF_INET6 ?
			put_icmp6(&r.from, r.port) : put_icmp4(&r.from, r.port);
	if (!err)
		puts("ok");
	return err;
}

/* renew PORT COUNT: the next SYN from these is that of a new connection */
static int do_renew(char **word)
{
	unsigned int port = atoi(word[0]), end = port + atoi(word[1]);

	for (; port < end && port < PORTS; port++)
		conns[port].start = conns[port].next + 100000;
	puts("ok");
	return 0;
}

/* read: what has come since the last command */
static int do_read(char **word)
{
	struct replies r = {};

	(void)word;
	get_all(&r);
	print(&r, 0);
	return 0;
}

static int open_tun(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	return tun < 0 ? -1 : ioctl(tun, TUNSETIFF, &ifr);
}

static const struct agent_command commands[] = {
	{ "to", 2, do_to },
	{ "options", 0, do_options },
	{ "send", 4, do_send },
	{ "open", 3, do_open },
	{ "flood", 3, do_flood },
	{ "icmp", 3, do_icmp },
	{ "renew", 2, do_renew },
	{ "read", 0, do_read },
	{ }
};

/* From now on here only. */
static int stay(void)
{
	cpu_set_t cpus;

	this_cpu = sched_getcpu();
	CPU_ZERO(&cpus);
	CPU_SET(this_cpu, &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s DEVICE\n", argv[0]);
		return 2;
	}
	if (open_tun(argv[1])) {
		perror("/dev/net/tun");
		return 1;
	}
	softnet = open("/proc/net/softnet_stat", O_RDONLY);
	if (softnet < 0 || stay()) {
		perror("/proc/net/softnet_stat, sched_setaffinity");
		return 1;
	}
	return agent_main(commands);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_agent.c - a BPF program that asks the kernel for SYN cookies, as a SYN proxy does.
 *
 * Job: attach it by generic XDP to a device without link headers (TUN), and take it off
 * again. For each SYN over IPv4 to its port it looks the listener up, calls
 * bpf_tcp_gen_syncookie(), and passes the SYN on or drops it. It is written down by
 * instruction, so that no compiler for BPF is wanted.
 * Context: root; see agent.h for the conversation.
 * Does not: answer the SYN.
 */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

/* Where things are in a packet that begins with an IPv4 header without options. */
#define AT_PROTOCOL	9
#define AT_SADDR	12
#define AT_DADDR	16
#define AT_TCP		20
#define AT_DPORT	22
#define AT_FLAGS	33
#define HEADERS		40

#define SYN_ACK_BITS	0x12
#define SYN_BIT		0x02

/* Of struct bpf_sock_tuple, what IPv4 has: both addresses, both ports. */
#define TUPLE		12

#define OP(_code, _dst, _src, _off, _imm) \
	{ .code = (_code), .dst_reg = (_dst), .src_reg = (_src), .off = (_off), .imm = (_imm) }
#define MOV(_dst, _src)		OP(BPF_ALU64 | BPF_MOV | BPF_X, _dst, _src, 0, 0)
#define MOV_K(_dst, _imm)	OP(BPF_ALU64 | BPF_MOV | BPF_K, _dst, 0, 0, _imm)
#define ADD_K(_dst, _imm)	OP(BPF_ALU64 | BPF_ADD | BPF_K, _dst, 0, 0, _imm)
#define AND_K(_dst, _imm)	OP(BPF_ALU64 | BPF_AND | BPF_K, _dst, 0, 0, _imm)
#define LOAD(_size, _dst, _src, _off)	OP(BPF_LDX | BPF_MEM | (_size), _dst, _src, _off, 0)
#define STORE(_size, _dst, _src, _off)	OP(BPF_STX | BPF_MEM | (_size), _dst, _src, _off, 0)
#define JUMP_GT(_dst, _src, _off)	OP(BPF_JMP | BPF_JGT | BPF_X, _dst, _src, _off, 0)
#define JUMP_EQ_K(_dst, _imm, _off)	OP(BPF_JMP | BPF_JEQ | BPF_K, _dst, 0, _off, _imm)
#define JUMP_NE_K(_dst, _imm, _off)	OP(BPF_JMP | BPF_JNE | BPF_K, _dst, 0, _off, _imm)
#define CALL(_function)		OP(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_##_function)
#define EXIT			OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static int link_fd = -1;

static long sys_bpf(int command, union bpf_attr *attr)
{
	long ret = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return ret < 0 ? -errno : ret;
}

/* Returns a program that asks for SYNs to @port and ends them by @verdict. */
static long program_load(int port, enum xdp_action verdict)
{
	/* The offset of a jump counts from the next instruction. */
	struct bpf_insn code[] = {
		MOV(6, 1),
		LOAD(BPF_W, 8, 1, offsetof(struct xdp_md, data)),
		LOAD(BPF_W, 3, 1, offsetof(struct xdp_md, data_end)),
		MOV(4, 8),
		ADD_K(4, HEADERS),
		JUMP_GT(4, 3, 35),
		LOAD(BPF_B, 5, 8, 0),
		JUMP_NE_K(5, 0x45, 33),
		LOAD(BPF_B, 5, 8, AT_PROTOCOL),
		JUMP_NE_K(5, IPPROTO_TCP, 31),
		LOAD(BPF_H, 5, 8, AT_DPORT),
		JUMP_NE_K(5, htons(port), 29),
		LOAD(BPF_B, 5, 8, AT_FLAGS),
		AND_K(5, SYN_ACK_BITS),
		JUMP_NE_K(5, SYN_BIT, 26),
		LOAD(BPF_W, 5, 8, AT_SADDR),
		STORE(BPF_W, 10, 5, -16),
		LOAD(BPF_W, 5, 8, AT_DADDR),
		STORE(BPF_W, 10, 5, -12),
		LOAD(BPF_W, 5, 8, AT_TCP),
		STORE(BPF_W, 10, 5, -8),
		MOV(1, 6),
		MOV(2, 10),
		ADD_K(2, -16),
		MOV_K(3, TUPLE),
		MOV_K(4, (int)BPF_F_CURRENT_NETNS),
		MOV_K(5, 0),
		CALL(skc_lookup_tcp),
		JUMP_EQ_K(0, 0, 12),
		MOV(7, 0),
		MOV(1, 7),
		MOV(2, 8),
		MOV_K(3, AT_TCP),
		MOV(4, 8),
		ADD_K(4, AT_TCP),
		MOV_K(5, HEADERS - AT_TCP),
		CALL(tcp_gen_syncookie),
		MOV(1, 7),
		CALL(sk_release),
		MOV_K(0, verdict),
		EXIT,
		MOV_K(0, XDP_PASS),
		EXIT,
	};
	static char why[65536];
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (unsigned long)code;
	attr.insn_cnt = ARRAY_SIZE(code);
	attr.license = (unsigned long)"GPL";
	fd = sys_bpf(BPF_PROG_LOAD, &attr);
	if (fd != -EACCES && fd != -EINVAL)
		return fd;
	attr.log_buf = (unsigned long)why;
	attr.log_size = sizeof(why);
	attr.log_level = 1;
	sys_bpf(BPF_PROG_LOAD, &attr);
	fprintf(stderr, "%s", why);
	return fd;
}

/* attach DEVICE PORT drop|pass */
static int do_attach(char **word)
{
	union bpf_attr attr;
	long fd = program_load(atoi(word[1]), strcmp(word[2], "drop") ? XDP_PASS : XDP_DROP);
	long link;

	if (fd < 0)
		return (int)fd;
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (__u32)fd;
	attr.link_create.target_ifindex = if_nametoindex(word[0]);
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = XDP_FLAGS_SKB_MODE;
	link = sys_bpf(BPF_LINK_CREATE, &attr);
	close((int)fd);
	if (link < 0)
		return (int)link;
	link_fd = (int)link;
	puts("ok");
	return 0;
}

/* detach */
static int do_detach(char **word)
{
	(void)word;
	close(link_fd);
	link_fd = -1;
	puts("ok");
	return 0;
}

static const struct agent_command commands[] = {
	{ "attach", 3, do_attach },
	{ "detach", 0, do_detach },
	{ }
};

int main(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	/* Before 5.11 programs count as locked memory. */
	setrlimit(RLIMIT_MEMLOCK, &all);
	return agent_main(commands);
}

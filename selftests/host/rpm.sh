#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The RPM packages, installed for real by rpm(8) in a throw-away root of Debian, whose
# packages rpm does not know (--nodeps): all files are as packaged, DKMS has the module
# for this kernel, what was applied is undone on removal, and nothing is left.

# shellcheck source=selftests/host/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

version=$("$sources/scripts/version")

build()
{
	(cd "$sources" && scripts/rpm) && cp "$sources"/build/rpm/RPMS/*/*.rpm "$work" &&
		rm -f "$work"/*debuginfo* "$work"/*debugsource* && ls "$work"/*.rpm
}

# DKMS builds for the kernel that runs, which is not the root's: tell it. rpm's
# scripts have a PATH of their own.
install()
{
	local rc

	mv /usr/sbin/dkms /usr/sbin/dkms.real
	cat >/usr/sbin/dkms <<-END
		#!/bin/sh
		case \$1 in
		build | install) set -- "\$@" -k $kernel ;;
		esac
		exec /usr/sbin/dkms.real "\$@"
	END
	chmod +x /usr/sbin/dkms
	rpm -i --nodeps "$work"/*.rpm
	rc=$?
	mv /usr/sbin/dkms.real /usr/sbin/dkms
	return $rc
}

# The removal calls the command, as it were, to undo. rpm's scripts have a /tmp of
# their own, too.
remove()
{
	mkdir -p /var/lib/tcpadvisor
	printf '#!/bin/sh\necho "$*" >/root/called; rm -r /var/lib/tcpadvisor\n' \
		>/usr/sbin/tcpadvisor
	rpm -e --nodeps tcpadvisor tcpadvisor-dkms &&
		[ "$(cat /root/called)" = "rollback --all-netns --end-trial" ]
}

ktap_print_header
need dkms eu-strip file make gcc openssl rpmbuild rpm xz
ktap_set_plan 7
mkdir -p /var/lib/rpm
rpm --initdb
# On distributions of RPM these are the file system's.
mkdir -p /usr/share/licenses /usr/share/fish/vendor_completions.d
host_files | grep -v ' /var/lib/rpm' >"$work/before"

check "the packages build" build
check "rpm installs them" install
check "all files are as packaged" rpm -V --nodeps tcpadvisor tcpadvisor-dkms
check "the command is of that version" [ "$(tcpadvisor --version)" = "tcpadvisor $version" ]
check "DKMS has installed the module" dkms_has "$version"
check "a removal undoes what was applied" remove
check "nothing is left" eval "host_files | grep -v ' /var/lib/rpm' | diff '$work/before' -"
ktap_finished

# What each test and fuzz target is linked with.

CONFIG_MODULES	= $(CONFIG) common/addr

addr_test	= common/addr
answer_test	= ntpd/server/answer common/ntp common/ntptime
ask_test	= ntpctl/ask ntpctl/record $(COMMON)
ANSWERING	= $(addprefix ntpd/server/,batch answer access address clients \
		stamps xleave)
SYNC		= $(basename $(wildcard ntpd/sync/*.c))

access_test	= ntpd/server/access ntpd/server/address
association_test	= $(addprefix ntpd/engine/,association associations schedule) \
		common/addr common/loop common/log common/ntptime common/reason
background_test	= ntpd/parent/background common/loop common/log
batch_test	= $(ANSWERING) $(COMMON)
check_test	= ntpd/engine/check common/ntp common/ntptime common/reason
children_test	= ntpd/parent/children ntpd/process $(COMMON)
clock_test	= ntpd/parent/clock ntpd/parent/rate common/leap common/loop \
		common/log
clients_test	= $(addprefix ntpd/server/,clients address) common/addr \
		common/siphash
confirm_test	= ntpd/sync/confirm
clocks_test	= ntpd/engine/clocks common/leap common/ntptime
collect_test	= ntpd/parent/collect ntpd/process $(COMMON)
command_test	= ntpd/parent/command ntpd/parent/policy common/leap \
		common/loop common/log
config_test	= $(CONFIG_MODULES)
config_load_test = $(CONFIG_MODULES)
delays_test	= $(SYNC) regress/unit/paths
discipline_test	= $(SYNC) regress/unit/paths
doubt_test	= $(SYNC) regress/unit/paths
drift_test	= ntpd/parent/drift
filter_test	= $(SYNC)
hosts_test	= $(addprefix ntpd/engine/,hosts members names) common/addr \
		common/loop common/log
imsg_test	= common/imsg
leap_test	= common/leap
line_test	= $(SYNC) regress/unit/paths
local_test	= ntpd/engine/local ntpd/engine/steer ntpd/engine/clocks \
		$(SYNC) common/addr common/leap common/loop common/log \
		common/ntptime
log_test	= common/log common/loop
logpipe_test	= ntpd/parent/logpipe common/log common/loop
lookup_test	= ntpd/resolver/lookup $(COMMON)
loop_test	= common/loop common/log
mark_test	= common/mark common/siphash common/ntptime
ntp_test	= common/ntp common/ntptime
ntpctl_test	= ntpctl/record ntpctl/show_status ntpctl/show_peers \
		ntpctl/show_sensors ntpctl/show_server ntpctl/show_clients \
		ntpctl/show_json \
		common/addr common/ntp common/ntptime common/reason
ntptime_test	= common/ntptime
patience_test	= ntpd/engine/patience
policy_test	= ntpd/parent/policy common/leap common/loop common/log
process_test	= ntpd/process $(COMMON)
sample_test	= $(SYNC)
sandbox_test	= ntpd/sandbox ntpd/engine/engine_sandbox \
		ntpd/resolver/resolver_sandbox ntpd/server/server_sandbox \
		common/log common/loop
schedule_test	= ntpd/engine/schedule common/loop common/log
select_test	= $(SYNC)
self_test	= ntpd/engine/self common/addr
source_test	= $(SYNC) regress/unit/paths
steer_test	= ntpd/engine/steer ntpd/sync/confirm \
		ntpd/sync/discipline common/addr common/leap \
		common/loop common/log common/ntptime
change_test	= $(SYNC) regress/unit/paths regress/unit/world
bound_test	= $(SYNC) regress/unit/paths regress/unit/world
silence_test	= $(SYNC) regress/unit/paths regress/unit/world
chaos_test	= $(SYNC) regress/unit/paths regress/unit/chaos
sync_test	= $(SYNC) regress/unit/paths regress/unit/world
xleave_test	= ntpd/server/xleave ntpd/server/address common/ntptime

answer_fuzz	= ntpd/server/answer ntpd/server/address ntpd/server/xleave \
		common/ntp common/ntptime
config_fuzz	= $(CONFIG_MODULES)
imsg_fuzz	= common/imsg
ntp_fuzz	= common/ntp common/ntptime
sync_fuzz	= $(SYNC)
record_fuzz	= ntpctl/record ntpctl/show_status ntpctl/show_peers \
		ntpctl/show_server ntpctl/show_clients common/addr \
		common/ntp common/ntptime common/reason

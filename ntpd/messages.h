/*
 * Every message between the processes of ntpd.  The table says who may send
 * what to whom and when, how long it is and whether it brings a descriptor;
 * channel.c checks that, so that handlers see nothing else.  What a message
 * says is in payloads.h, or in the header of common/ that has its struct; a
 * file that needs one of those includes it.
 */
#ifndef NTPD_MESSAGES_H
#define NTPD_MESSAGES_H

#include "ntpd/payloads.h"
#include "ntpd/processes.h"

/* When a message is legal on its channel. */
enum moment {
	BEFORE_FIRST,		/* any number, before that */
	AT_FIRST,		/* once, before all others */
	ANYTIME,		/* after that */
	CONFIGURES,		/* as well; it makes the channel configured */
	WHEN_CONFIGURED		/* only then */
};

/* Does a message bring a descriptor? */
enum message_fd { NO_FD, WITH_FD };

/*
 * What a process is sent, and its function that takes it.
 *
 *	name		  from	    to	      payload
 *	fd, when, handler						*/
#define TO_PARENT(MESSAGE)						\
MESSAGE(ALIVE,		  PROCESSES, PARENT,  struct no_payload,	\
	NO_FD,   ANYTIME, child_alive)					\
MESSAGE(CHILD_ENDED,	  LAUNCHER, PARENT,   struct child_ended,	\
	NO_FD,   ANYTIME, child_ended)					\
MESSAGE(CHILD_STARTED,	  LAUNCHER, PARENT,   struct child_started,	\
	NO_FD,   ANYTIME, child_started)				\
MESSAGE(CLOCK_FREQUENCY,  ENGINE,   PARENT,   struct clock_frequency,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_SLEW,	  ENGINE,   PARENT,   struct clock_slew,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_STEP,	  ENGINE,   PARENT,   struct clock_step,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_NEW_START,  ENGINE,   PARENT,   struct clock_new_start,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(CLOCK_QUALITY,	  ENGINE,   PARENT,   struct clock_quality,	\
	NO_FD,   ANYTIME, command_run)					\
MESSAGE(STATUS_RECORD,	  ENGINE,   PARENT,   struct control_status,	\
	NO_FD,   ANYTIME, control_answer_status)			\
MESSAGE(PEER_RECORD,	  ENGINE,   PARENT,   struct control_peer,	\
	NO_FD,   ANYTIME, control_answer_engine)			\
MESSAGE(POINT_RECORD,	  ENGINE,   PARENT,   struct control_point,	\
	NO_FD,   ANYTIME, control_answer_engine)			\
MESSAGE(SAMPLE_RECORD,	  ENGINE,   PARENT,   struct control_sample,	\
	NO_FD,   ANYTIME, control_answer_engine)			\
MESSAGE(END_RECORD,	  ENGINE,   PARENT,   struct control_end,	\
	NO_FD,   ANYTIME, control_answer_engine)			\
MESSAGE(BINDER_STATE,	  BINDER,   PARENT,   struct binder_state,	\
	NO_FD,   ANYTIME, binder_state)					\
MESSAGE(BINDER_OWN,	  BINDER,   PARENT,   struct own_refids,	\
	NO_FD,   ANYTIME, binder_own)					\
MESSAGE(KE_REPORT,	  KE,	    PARENT,   struct ke_report,		\
	NO_FD,   ANYTIME, serving_learn)				\
MESSAGE(SERVER_CLIENTS,	  SERVER,   PARENT,   struct server_clients,	\
	NO_FD,   ANYTIME, take_counters)				\
MESSAGE(SERVER_COUNTERS,  SERVER,   PARENT,   struct server_report,	\
	NO_FD,   ANYTIME, take_counters)				\
MESSAGE(DOUBT_CONSTRAINTS, ENGINE,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, constraints_doubted)				\
MESSAGE(RESOLVER_BUSY,	  RESOLVER, PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, resolver_busy)				\
MESSAGE(HTTPS_RESOLVED,	  RESOLVER, PARENT,   struct resolve_reply,	\
	NO_FD,   ANYTIME, take_addresses)				\
MESSAGE(NTS_ASK,	  ENGINE,   PARENT,   struct nts_question,	\
	NO_FD,   ANYTIME, nts_ask)					\
MESSAGE(TLS_KEYS,	  TLS,	    PARENT,   struct nts_keys,		\
	NO_FD,   ANYTIME, nts_answer)					\
MESSAGE(TLS_DATE,	  TLS,	    PARENT,   struct tls_date,		\
	NO_FD,   ANYTIME, take_date)					\
MESSAGE(SENSOR_LOST,	  SENSOR,   PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, sensor_lost)					\
MESSAGE(OPENED,		  OPENER,   PARENT,   struct sensor_opened,	\
	NO_FD,   ANYTIME, sensor_opened)				\
MESSAGE(OPERATED,	  ENGINE,   PARENT,   struct operator_done,	\
	NO_FD,   ANYTIME, operator_done)				\
MESSAGE(ASK_STATUS,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_engine)				\
MESSAGE(ASK_PEERS,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_engine)				\
MESSAGE(ASK_HISTORY,	  CONTROL,  PARENT,   struct history_page,	\
	NO_FD,   ANYTIME, control_ask_engine)				\
MESSAGE(ASK_SAMPLES,	  CONTROL,  PARENT,   struct history_page,	\
	NO_FD,   ANYTIME, control_ask_engine)				\
MESSAGE(ASK_SERVER,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_servers)				\
MESSAGE(ASK_CLIENTS,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_servers)				\
MESSAGE(ASK_PROCESSES,	  CONTROL,  PARENT,   struct no_payload,	\
	NO_FD,   ANYTIME, control_ask_processes)

/* For each child two: its standard error, and the channel that starts it. */
#define TO_LAUNCHER(MESSAGE)						\
MESSAGE(LAUNCH_LOG,	  PARENT,   LAUNCHER, struct no_payload,	\
	WITH_FD, ANYTIME, keep_log)					\
MESSAGE(LAUNCH,		  PARENT,   LAUNCHER, struct child_name,	\
	WITH_FD, ANYTIME, start)					\
MESSAGE(KILL,		  PARENT,   LAUNCHER, struct child_name,	\
	NO_FD,   ANYTIME, end_child)

#define TO_BINDER(MESSAGE)						\
MESSAGE(BINDER_CHANNEL,	  PARENT,   BINDER,   struct child_name,	\
	WITH_FD, ANYTIME, connect_server)				\
MESSAGE(BINDER_SETUP,	  PARENT,   BINDER,   struct binder_setup,	\
	NO_FD,   ANYTIME, configure)					\
MESSAGE(SERVER_LISTENS,	  SERVER,   BINDER,   struct no_payload,	\
	NO_FD,   ANYTIME, socket_taken)

/*
 * First the certificate's file, then that of its key; they are taken up
 * together.  KE_CLOSE is about all sockets listened on so far.
 */
#define TO_KE(MESSAGE)							\
MESSAGE(KE_RATELIMIT,	  PARENT,   KE,	      struct config_ratelimit,	\
	NO_FD,   ANYTIME, take_limit)					\
MESSAGE(KE_ACCESS,	  PARENT,   KE,	      struct access_part,	\
	NO_FD,   ANYTIME, take_rules)					\
MESSAGE(KE_COOKIES,	  PARENT,   KE,	      struct cookie_keys,	\
	NO_FD,   ANYTIME, take_cookies)					\
MESSAGE(KE_CERTIFICATE,	  PARENT,   KE,	      struct no_payload,	\
	WITH_FD, ANYTIME, take_certificate)				\
MESSAGE(KE_PRIVATE_KEY,	  PARENT,   KE,	      struct no_payload,	\
	WITH_FD, ANYTIME, take_private_key)				\
MESSAGE(KE_CLOSE,	  BINDER,   KE,	      struct no_payload,	\
	NO_FD,   ANYTIME, close_sockets)				\
MESSAGE(KE_LISTEN,	  BINDER,   KE,	      struct ke_socket,		\
	WITH_FD, ANYTIME, take_socket)

#define TO_ENGINE(MESSAGE)						\
MESSAGE(ENGINE_CHANNEL,	  PARENT,   ENGINE,   struct child_name,	\
	WITH_FD, ANYTIME, connect_child)				\
MESSAGE(ENGINE_SERVER,	  PARENT,   ENGINE,   struct config_server,	\
	NO_FD,   ANYTIME, add_server)					\
MESSAGE(ENGINE_OWN,	  PARENT,   ENGINE,   struct own_refids,	\
	NO_FD,   ANYTIME, engine_on_links)				\
MESSAGE(ENGINE_SETUP,	  PARENT,   ENGINE,   struct engine_setup,	\
	NO_FD,   CONFIGURES, configure)					\
MESSAGE(LEAP_PLAN,	  PARENT,   ENGINE,   struct leap_plan,		\
	NO_FD,   WHEN_CONFIGURED, engine_on_leap_plan)			\
MESSAGE(CLOCK_STATE,	  PARENT,   ENGINE,   struct clock_state,	\
	NO_FD,   WHEN_CONFIGURED, engine_on_clock_state)		\
MESSAGE(CLOCK_JUMPED,	  PARENT,   ENGINE,   struct clock_jumped,	\
	NO_FD,   WHEN_CONFIGURED, engine_on_jump)			\
MESSAGE(SHOW_STATUS,	  PARENT,   ENGINE,   struct no_payload,	\
	NO_FD,   WHEN_CONFIGURED, engine_show_status)			\
MESSAGE(SHOW_PEERS,	  PARENT,   ENGINE,   struct no_payload,	\
	NO_FD,   WHEN_CONFIGURED, engine_show_peers)			\
MESSAGE(SHOW_HISTORY,	  PARENT,   ENGINE,   struct history_page,	\
	NO_FD,   WHEN_CONFIGURED, engine_show_history)			\
MESSAGE(SHOW_SAMPLES,	  PARENT,   ENGINE,   struct history_page,	\
	NO_FD,   WHEN_CONFIGURED, engine_show_samples)			\
MESSAGE(OPERATE,	  PARENT,   ENGINE,   struct operator_order,	\
	NO_FD,   WHEN_CONFIGURED, engine_operate)			\
MESSAGE(NTS_FORGET,	  PARENT,   ENGINE,   struct no_payload,	\
	NO_FD,   WHEN_CONFIGURED, engine_on_forget)			\
MESSAGE(NTS_KEYS,	  PARENT,   ENGINE,   struct nts_keys,		\
	NO_FD,   WHEN_CONFIGURED, engine_on_keys)			\
MESSAGE(RESOLVED,	  RESOLVER, ENGINE,   struct resolve_reply,	\
	NO_FD,   ANYTIME, engine_on_resolved)				\
MESSAGE(OWN_REQUEST,	  SERVER,   ENGINE,   struct own_request,	\
	NO_FD,   ANYTIME, engine_on_own_request)			\
MESSAGE(SENSOR_SAMPLE,	  SENSOR,   ENGINE,   struct sensor_sample,	\
	NO_FD,   ANYTIME, engine_on_sensor)				\
MESSAGE(SENSOR_MARKER,	  SENSOR,   ENGINE,   struct sensor_marker,	\
	NO_FD,   ANYTIME, engine_on_marker)

#define TO_SERVER(MESSAGE)						\
MESSAGE(SERVER_RATELIMIT, PARENT,   SERVER,   struct config_ratelimit,	\
	NO_FD,   ANYTIME, server_limit)					\
MESSAGE(SERVER_KEYS,	  PARENT,   SERVER,   struct keys_part,		\
	NO_FD,   ANYTIME, server_take_keys)				\
MESSAGE(SERVER_ACCESS,	  PARENT,   SERVER,   struct access_part,	\
	NO_FD,   CONFIGURES, server_restrict)				\
MESSAGE(SERVER_LISTEN,	  BINDER,   SERVER,   struct server_socket,	\
	WITH_FD, ANYTIME, server_listen)				\
MESSAGE(SERVER_KEEP,	  BINDER,   SERVER,   struct server_sockets,	\
	NO_FD,   ANYTIME, server_keep)					\
MESSAGE(SERVER_COOKIES,	  PARENT,   SERVER,   struct cookie_keys,	\
	NO_FD,   ANYTIME, server_take_cookies)				\
MESSAGE(SERVER_SHOW,	  PARENT,   SERVER,   struct server_show,	\
	NO_FD,   WHEN_CONFIGURED, server_show)				\
MESSAGE(SERVER_MARK,	  ENGINE,   SERVER,   struct siphash_key,	\
	NO_FD,   AT_FIRST, server_take_mark)				\
MESSAGE(SNAPSHOT,	  ENGINE,   SERVER,   struct snapshot,		\
	NO_FD,   ANYTIME, server_take_snapshot)

#define TO_RESOLVER(MESSAGE)						\
MESSAGE(RESOLVE,	  ENGINE,   RESOLVER, struct resolve_request,	\
	NO_FD,   ANYTIME, resolve)					\
MESSAGE(RESOLVE_HTTPS,	  PARENT,   RESOLVER, struct resolve_request,	\
	NO_FD,   ANYTIME, resolve)

#define TO_CONTROL(MESSAGE)						\
MESSAGE(ANSWER_STATUS,	  PARENT,   CONTROL,  struct control_status,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_PEER,	  PARENT,   CONTROL,  struct control_peer,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_SERVER,	  PARENT,   CONTROL,  struct control_server,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_CLIENTS,	  PARENT,   CONTROL,  struct control_clients,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_PROCESS,	  PARENT,   CONTROL,  struct control_process,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_POINT,	  PARENT,   CONTROL,  struct control_point,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_SAMPLE,	  PARENT,   CONTROL,  struct control_sample,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_END,	  PARENT,   CONTROL,  struct control_end,	\
	NO_FD,   ANYTIME, answer)					\
MESSAGE(ANSWER_BUSY,	  PARENT,   CONTROL,  struct control_end,	\
	NO_FD,   ANYTIME, answer)

/* A device goes to the sensor whose number is the id of OPEN. */
#define TO_OPENER(MESSAGE)						\
MESSAGE(OPENER_CHANNEL,	  PARENT,   OPENER,   struct child_name,	\
	WITH_FD, ANYTIME, connect_sensor)				\
MESSAGE(OPEN,		  PARENT,   OPENER,   struct sensor_opening,	\
	NO_FD,   ANYTIME, open_device)

#define TO_STAMPER(MESSAGE)						\
MESSAGE(STAMP,		  PARENT,   STAMPER,  struct stamp_order,	\
	NO_FD,   ANYTIME, have_stamped)

/* One of them is its device; another comes when that was lost. */
#define TO_SENSOR(MESSAGE)						\
MESSAGE(SENSOR_SOCKET,	  PARENT,   SENSOR,   struct sensor_device,	\
	WITH_FD, ANYTIME, take_device)					\
MESSAGE(SENSOR_DEVICE,	  OPENER,   SENSOR,   struct sensor_device,	\
	WITH_FD, ANYTIME, take_device)					\
MESSAGE(SENSOR_MEMORY,	  PARENT,   SENSOR,   struct sensor_device,	\
	NO_FD,   ANYTIME, take_device)

/* Each of these is the only one that comes after the setup. */
#define TO_TLS(MESSAGE)							\
MESSAGE(TLS_ASK_DATE,	  PARENT,   TLS,      struct tls_task,		\
	NO_FD,   ANYTIME, tls_date)					\
MESSAGE(TLS_ASK_KEYS,	  PARENT,   TLS,      struct tls_task,		\
	NO_FD,   ANYTIME, tls_keys)

/*
 * child_begin() takes what comes at first, channel_receive() the question
 * whether a child lives; PROCESSES stands for all.
 */
#define MESSAGES(MESSAGE)						\
MESSAGE(CHILD_FD,	  PARENT,   PROCESSES, struct no_payload,	\
	WITH_FD, BEFORE_FIRST, NULL)					\
MESSAGE(CHILD_SETUP,	  PARENT,   PROCESSES, struct child_setup,	\
	NO_FD,   AT_FIRST, NULL)					\
MESSAGE(ASK,		  PARENT,   PROCESSES, struct no_payload,	\
	NO_FD,   ANYTIME, NULL)						\
TO_PARENT(MESSAGE) TO_LAUNCHER(MESSAGE) TO_BINDER(MESSAGE)		\
TO_ENGINE(MESSAGE) TO_SERVER(MESSAGE) TO_RESOLVER(MESSAGE)		\
TO_CONTROL(MESSAGE) TO_KE(MESSAGE) TO_OPENER(MESSAGE)			\
TO_STAMPER(MESSAGE) TO_SENSOR(MESSAGE) TO_TLS(MESSAGE)

enum message_type {
	MESSAGE_NONE,
#define MESSAGE_TYPE(name, ...)		MSG_##name,
	MESSAGES(MESSAGE_TYPE)
	MESSAGE_COUNT
};

#endif

/*
 * A crowd of tasks to be looked at:
 *
 *     crowd PROCESSES THREADS BUSY
 *
 * PROCESSES asleep, each in one of several ways; BUSY of them work half a millisecond ten times a second; THREADS more,
 * spread over 200 of the processes. Prints "ready" once all are there and ends with its stdin; whatever ends it ends them all.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HOLDERS = 200, BUSY_NS = 500000, PERIOD_NS = 100000000, STACK = 20480 };

static void sleep_for(long ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	nanosleep(&t, NULL);
}

static void work(void)
{
	struct timespec from, now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	do {
		for (volatile int i = 0; i < 1000; i++)
			;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while ((now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec - from.tv_nsec < BUSY_NS);
}

/* Each way has a wait channel of its own. */
static void rest(long way)
{
	struct epoll_event event;
	uint64_t value;
	sigset_t none;
	int ends[2], fd;

	switch (way % 6) {
	case 0:
		for (;;)
			poll(NULL, 0, -1);
	case 1:
		for (;;)
			sleep_for(3600L * 1000000000);
	case 2:
		fd = epoll_create1(0);
		for (;;)
			epoll_wait(fd, &event, 1, -1);
	case 3:
		if (pipe(ends) == 0)
			while (read(ends[0], &value, 1) <= 0)
				sleep_for(1000000000);
		break;
	case 4:
		fd = eventfd(0, 0);
		while (read(fd, &value, sizeof value) <= 0)
			sleep_for(1000000000);
		break;
	}
	sigemptyset(&none);
	for (;;)
		sigsuspend(&none);
}

static void *rest_as_thread(void *way)
{
	rest((long)way);
	return NULL;
}

static int start_threads(long count)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	pthread_attr_setguardsize(&attributes, 0);
	for (long i = 0; i < count; i++)
		if (pthread_create(&thread, &attributes, rest_as_thread, (void *)i) != 0)
			return -1;
	return 0;
}

static void be(long number, long busy, long threads, int ready)
{
	char name[32];

	snprintf(name, sizeof name, number < busy ? "busy-%ld" : "crowd-%ld", number);
	prctl(PR_SET_NAME, name);
	close(0);
	close(1);
	if (threads > 0 && (start_threads(threads) < 0 || write(ready, "t", 1) != 1))
		_exit(1);
	close(ready);
	while (number < busy) {
		work();
		sleep_for(PERIOD_NS - BUSY_NS);
	}
	rest(number);
}

int main(int argc, char **argv)
{
	long processes = argc > 1 ? atol(argv[1]) : 0, threads = argc > 2 ? atol(argv[2]) : 0;
	long busy = argc > 3 ? atol(argv[3]) : 0, made = 0, holders = 0;
	struct rlimit many = { 1 << 20, 1 << 20 };
	pid_t root = getpid(), *pids;
	int ready[2], failed = 0;
	char c;

	if (threads > 0 && processes < HOLDERS)
		processes = HOLDERS;
	pids = calloc(processes + 1, sizeof *pids);
	if (!pids || pipe(ready) != 0)
		return 1;
	setrlimit(RLIMIT_NPROC, &many);
	/* ^C is for the one who holds our stdin */
	signal(SIGINT, SIG_IGN);
	for (; made < processes; made++) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("crowd: fork");
			failed = 1;
			break;
		}
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != root)
				_exit(1);
			close(ready[0]);
			be(made, busy, made < HOLDERS ? threads / HOLDERS : 0, ready[1]);
		}
		pids[made] = pid;
	}
	close(ready[1]);
	while (!failed && read(ready[0], &c, 1) == 1)
		holders++;
	if (threads >= HOLDERS && holders < HOLDERS)
		failed = 1;
	if (!failed) {
		puts("ready");
		fflush(stdout);
		while (read(0, &c, 1) > 0)
			;
	}
	for (long i = 0; i < made; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return failed;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the lab's kernel: the clocks that a machine may have, a pulse
 * (/dev/pps0) and a PTP clock (/dev/ptp0).  The world outside, which knows the
 * true time, writes to /dev/clocks how that goes with the raw clock, and when
 * there is a pulse.  Built into the kernel by build-kernel.
 */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/math64.h>
#include <linux/miscdevice.h>
#include <linux/pps_kernel.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

/* What is written: true time was that at RAW, and goes FAST ppb faster. */
struct relation {
	s64	raw, true_time;		/* ns */
	s64	fast;			/* 2^-32 */
	s64	pulse;			/* 1: a second begins now */
};

static struct relation relation;
static DEFINE_SPINLOCK(lock);
static struct pps_device *pulses;

static s64 true_time_at(s64 raw)
{
	s64 passed;
	unsigned long flags;
	s64 t;

	spin_lock_irqsave(&lock, flags);
	passed = raw - relation.raw;
	t = relation.true_time + passed + ((passed * relation.fast) >> 32);
	spin_unlock_irqrestore(&lock, flags);
	return t;
}

static int get_time(struct ptp_clock_info *info, struct timespec64 *ts,
		    struct ptp_system_timestamp *sts)
{
	ptp_read_system_prets(sts);
	*ts = ns_to_timespec64(true_time_at(ktime_get_raw_ns()));
	ptp_read_system_postts(sts);
	return 0;
}

static int no_adjustment(struct ptp_clock_info *info, long by)
{
	return -EOPNOTSUPP;
}

static int no_shift(struct ptp_clock_info *info, s64 by)
{
	return -EOPNOTSUPP;
}

static int no_time(struct ptp_clock_info *info, const struct timespec64 *ts)
{
	return -EOPNOTSUPP;
}

static int no_feature(struct ptp_clock_info *info,
		      struct ptp_clock_request *request, int on)
{
	return -EOPNOTSUPP;
}

static struct ptp_clock_info clock = {
	.owner = THIS_MODULE,
	.name = "lab",
	.gettimex64 = get_time,
	.settime64 = no_time,
	.adjtime = no_shift,
	.adjfine = no_adjustment,
	.enable = no_feature,
};

static struct pps_source_info pulse = {
	.name = "lab",
	.mode = PPS_CAPTUREASSERT | PPS_OFFSETASSERT | PPS_CANWAIT |
		PPS_TSFMT_TSPEC,
	.owner = THIS_MODULE,
};

static ssize_t hear(struct file *file, const char __user *data, size_t size,
		    loff_t *at)
{
	struct pps_event_time now;
	struct relation new;
	unsigned long flags;

	if (size != sizeof(new))
		return -EINVAL;
	pps_get_ts(&now);
	if (copy_from_user(&new, data, size))
		return -EFAULT;
	spin_lock_irqsave(&lock, flags);
	relation = new;
	spin_unlock_irqrestore(&lock, flags);
	if (new.pulse)
		pps_event(pulses, &now, PPS_CAPTUREASSERT, NULL);
	return size;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.write = hear,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "clocks",
	.fops = &operations,
};

static int __init begin(void)
{
	pulses = pps_register_source(&pulse, PPS_CAPTUREASSERT);
	if (IS_ERR(pulses))
		return PTR_ERR(pulses);
	ptp_clock_register(&clock, NULL);
	return misc_register(&device);
}
late_initcall(begin);

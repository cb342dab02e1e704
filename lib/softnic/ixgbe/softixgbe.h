/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTIXGBE_H_
#define _SOFTIXGBE_H_

/**
 * @file
 * Models of the 82599, X540 and X550 on the engines of softnic_engine.h: registers, interrupts,
 * statistics, NVM and link. After each change of a register, the model derives from it the state
 * that the engines use. Sections are those of the 82599 datasheet.
 */

#include "sl_regs_82599.h"
#include "softnic_engine.h"

#define SOFTIXGBE_NVM_SIZE 4u /**< size in EEC: 1024 words, 16 Kbit */
#define SOFTIXGBE_NVM_WORDS (SL_82599_NVM_WORDS_MIN << SOFTIXGBE_NVM_SIZE)

/** Values of all registers: one array for each row that any of the devices has. */
struct softixgbe_regs {
#define SL_REG(name, offset, stride, count, ...) uint32_t name[count];
#define SL_SPLIT SL_REG
#define SL_ALIAS(...)
#include "ixgbe/family.def"
#undef SL_REG
#undef SL_SPLIT
#undef SL_ALIAS
};

/** Properties of a device of the family. */
struct softixgbe_device {
	struct softnic_model model;
	bool sfp;	      /**< it has a cage for a fibre module instead of a backplane */
	uint32_t phy_id;      /**< identifier of the copper PHY; 0: it has none */
	bool regsmp;	      /**< GSSR has a separate guard; SWSM has none for it */
	bool whole_increment; /**< TIMINCA has no period */
	bool firmware;	      /**< the firmware executes commands */
	bool multigig;	      /**< the PHY supports 2.5 and 5 Gbit/s */
	bool seconds;	      /**< SYSTIMH counts seconds, and SYSTIML nanoseconds */
	uint32_t reta;	      /**< RSS: number of entries of the table... */
	uint32_t reta_queue;  /**< ...and bits of an entry that select the queue */
};

extern const struct softixgbe_device softixgbe_82599, softixgbe_82599_sfp, softixgbe_x540,
	softixgbe_x550;

/** Start of a statistics register's count. Indexed by row. */
struct softixgbe_stat {
	uint64_t base;	  /**< value of the engines' counter at the last clear */
	uint64_t latched; /**< of a pair: value when the low half was read */
	bool latch;
};

/** Counters of one queue, or of a statistics set. */
struct softixgbe_moved {
	uint64_t frames, octets, dropped;
};

/** Statistics of the queues of one direction. Each queue belongs to a set. */
struct softixgbe_sets {
	struct softixgbe_moved seen[SL_82599_QUEUES]; /**< queues: counts already in sets */
	struct softixgbe_moved set[SL_82599_STAT_SETS];
	struct softixgbe_stat octets[SL_82599_STAT_SETS]; /**< register pairs that show octets */
};

/** The system time. */
struct softixgbe_time {
	uint64_t at; /**< device clock, fifths of a nanosecond; value counts up to here */
	uint64_t value;
	uint32_t part; /**< fraction of value's unit, in 2^-32, if the device has it */
	uint64_t held; /**< value that SYSTIMH shows */
};

#define SOFTIXGBE_FLOWS (32u * 1024) /**< maximum number of filters of the flow director */
#define SOFTIXGBE_BUCKETS (32u * 1024)

/** Fields of a frame that the flow director compares. */
struct softixgbe_flow {
	uint32_t source, dest; /**< IPv4: first byte in the lowest bits; IPv6: reduced by xor */
	uint32_t ports;	       /**< source port; above it the destination port */
	uint16_t tci, flex; /**< flex: two bytes of the frame, the first byte in the lowest bits */
	uint8_t type;	    /**< SL_82599_FLOW_L4, SL_82599_FLOW_IPV6 */
};

/** A filter of the flow director. */
struct softixgbe_filter {
	struct softixgbe_flow flow; /**< flow of a perfect filter */
	uint16_t next;		    /**< next filter in the bucket or in the free list */
	uint16_t id;		    /**< signature, or number from software */
	uint32_t cmd;		    /**< FDIRCMD: action for the frame */
};

/** Tables of the flow director. Filters are numbered from 1. */
struct softixgbe_fdir {
	uint16_t bucket[SOFTIXGBE_BUCKETS]; /**< first filter of each bucket, or 0 */
	struct softixgbe_filter filter[SOFTIXGBE_FLOWS + 1];
	uint16_t free; /**< first filter that is free, or 0 */
	uint32_t n_free;
	bool ready; /**< memory is allocated, so frames are matched */
	bool used;  /**< initialized, and not cleared since */
};

#define SOFTIXGBE_SFP_SIZE 256u

/** Meaning of the next bits on a module's bus. */
enum softixgbe_i2c {
	SOFTIXGBE_I2C_IDLE,
	SOFTIXGBE_I2C_ADDRESS,
	SOFTIXGBE_I2C_OFFSET,
	SOFTIXGBE_I2C_WRITE,
	SOFTIXGBE_I2C_READ,
};

/** An SFP+ module and its I2C bus. */
struct softixgbe_sfp {
	uint8_t memory[2][SOFTIXGBE_SFP_SIZE]; /**< serial ID, diagnostics */
	enum softixgbe_i2c phase, next;	       /**< now, and after this byte */
	uint8_t byte, bits; /**< byte in progress; bits clocked, the ninth is the acknowledgement */
	uint8_t bank, at;   /**< memory and offset of the next read */
	bool known;	    /**< the address selects this module */
	bool more;	    /**< the last byte was acknowledged */
	bool pulls;	    /**< the module pulls the data line low */
	bool scl, sda;	    /**< levels that the driver outputs */
};

/** A copper PHY and its MDI bus. */
struct softixgbe_phy {
	uint16_t value[SL_82599_PHY_COUNT];
	uint16_t at[SL_GET(SL_82599_MSCA_MMD, UINT32_MAX) + 1]; /**< selected register */
};

struct softixgbe {
	struct sl_softnic nic; /* first */
	struct softixgbe_regs r;
	uint16_t nvm[SOFTIXGBE_NVM_WORDS];
	uint64_t raised;	   /**< pending causes of vectors; EICR shows the first 16 */
	enum sl_82599_speed speed; /**< link speed while the link is up */
	bool fell;		   /**< the link has been down since the last read of LINKS */
	struct softixgbe_stat stat[SL_82599_REG_COUNT];
	struct softixgbe_sets rx_sets, tx_sets;
	struct softixgbe_time time;
	uint64_t tuples[2]; /**< 5-tuple filters that are enabled */
	struct softixgbe_fdir fdir;
	struct softixgbe_sfp sfp;
	struct softixgbe_phy phy;
};

static inline struct softixgbe *
softixgbe_of(struct sl_softnic *nic)
{
	return (struct softixgbe *)nic;
}

static inline const struct softixgbe_device *
softixgbe_device(const struct softixgbe *d)
{
	return (const struct softixgbe_device *)d->nic.model;
}

/* Register hooks by subject. Each list ends with SOFTNIC_NO_REG. */
extern const struct softnic_hook softixgbe_ctrl_hooks[], softixgbe_fdir_hooks[],
	softixgbe_firmware_hooks[], softixgbe_irq_hooks[], softixgbe_link_hooks[],
	softixgbe_mac_hooks[], softixgbe_nvm_hooks[], softixgbe_phy_hooks[],
	softixgbe_queue_hooks[], softixgbe_sfp_hooks[], softixgbe_stats_hooks[],
	softixgbe_steer_hooks[], softixgbe_time_hooks[];

/* softixgbe_ctrl.c */
void
softixgbe_reset(struct sl_softnic *nic, bool power_up);
/** Complete a reset that hung. */
void
softixgbe_unhang(struct sl_softnic *nic);

/* softixgbe_link.c */
/** Update the link state after a change of its inputs. Raise LSC if the link changed. */
void
softixgbe_link(struct sl_softnic *nic);

/* softixgbe_mac.c */
/** Derive the state of receive and transmit units, filters and RSS from all their registers. */
void
softixgbe_mac_update(struct softixgbe *d);

/** Update flow control, after its registers or the link's speed changed. */
void
softixgbe_pause_update(struct softixgbe *d);

/* softixgbe_queue.c */
void
softixgbe_queues(struct sl_softnic *nic);

/* softixgbe_nvm.c */
/** Fill the NVM. Called when the device is created. */
void
softixgbe_nvm_init(struct softixgbe *d);
/** Load receive address 0 from the NVM: 8.2.3.7.9. */
void
softixgbe_nvm_load_mac(struct softixgbe *d);

/* softixgbe_irq.c */
/** Raise causes that do not belong to queues: bits of EICR. */
void
softixgbe_irq_cause(struct softixgbe *d, uint32_t eicr);
/** Raise causes of the engines: see struct softnic_ops. */
void
softixgbe_irq_engine(struct sl_softnic *nic, enum softnic_cause cause);
void
softixgbe_irq_queues(
	struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx);
bool
softixgbe_intx(const struct sl_softnic *nic);

/* softixgbe_phy.c */
/** Set the PHY to its state after power-up. A reset of the MAC does not reset the PHY. */
void
softixgbe_phy_reset(struct softixgbe *d);
/**
 * Speed that the PHY negotiates, whether or not a cable is connected. SL_82599_SPEED_NONE if it is
 * off, does not negotiate, or advertises no speed.
 */
enum sl_82599_speed
softixgbe_phy_speed(const struct softixgbe *d);

/* softixgbe_sfp.c */
/** Fill the memories of the module. Called when the device is created. */
void
softixgbe_sfp_init(struct softixgbe *d);
void
softixgbe_sfp_reset(struct softixgbe *d);
/** True if the port has a module and its laser is off. */
bool
softixgbe_sfp_dark(const struct softixgbe *d);

/* softixgbe_steer.c */
/** Decide, after filters changed, whether frames must be matched against them. */
void
softixgbe_steer_update(struct softixgbe *d);
/** Select a frame's queue by filters: see struct softnic_ops. */
void
softixgbe_steer(struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);

/* softixgbe_fdir.c */
/** Set the state after a reset: no memory, no filters. */
void
softixgbe_fdir_reset(struct softixgbe *d);
/** Match a frame. @return true if a filter matches; its action is then applied to @p m. */
bool
softixgbe_fdir_match(struct softixgbe *d, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);

/* softixgbe_time.c */
void
softixgbe_time_reset(struct softixgbe *d);
/** Set the link speed, which selects the clock that the time counts from now on. */
void
softixgbe_time_speed(struct softixgbe *d, enum sl_82599_speed speed);
/** Time stamps of frames: see struct softnic_ops. */
void
softixgbe_time_tx(struct sl_softnic *nic);
void
softixgbe_time_rx(struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);

/* softixgbe_stats.c */
/** Set all counters to zero. */
void
softixgbe_stats_reset(struct softixgbe *d);

#endif /* _SOFTIXGBE_H_ */

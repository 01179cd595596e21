"""Integer codes shared by the compiler and the kernels: stage kinds, parameter slots, choices of a kind."""

from __future__ import annotations

__all__ = [
    "ABREAST",
    "AGE",
    "ARRIVES_AS",
    "BALK_ABOVE",
    "BALK_DRAW",
    "BALK_FLOW",
    "BALK_PROB",
    "BINS",
    "CAME",
    "CAPACITY_DRAW",
    "CAPACITY_NOISE",
    "CARRY",
    "CHANCE",
    "CHOICE",
    "COHORT_DRAW",
    "CONSTANT",
    "COST",
    "COUNT_DRAW",
    "DAMPING",
    "DISCIPLINE",
    "DISCIPLINES",
    "DISPERSION",
    "DWELL",
    "DWELL_DRAW",
    "END",
    "EXITS",
    "EXIT_DRAW",
    "FEED_FROM",
    "FEED_TO",
    "FIFO",
    "FIRST",
    "FORM_OVER_CAPACITY",
    "FORM_POWER",
    "FRESH",
    "FRESH_DRAW",
    "GIVE_UP_DRAW",
    "GUESS",
    "HAZARD",
    "HOLD",
    "INBOX",
    "INFLOW",
    "INFLOWS",
    "INFLOW_MOMENTUM",
    "INFLOW_POOL",
    "INFLOW_RATE",
    "INITIAL",
    "JOINT_SPREAD",
    "JOURNEY",
    "KEEPS_PLACE",
    "KIND",
    "KINDS",
    "LEAVING",
    "LEGAL",
    "LEVEL",
    "LEVEL_DRAW",
    "LEVEL_NOW",
    "LEVEL_SPREAD",
    "LIFO",
    "LOGIT",
    "MASS",
    "NOISE",
    "NOISES",
    "NOISE_EXACT",
    "NOISE_NEGATIVE_BINOMIAL",
    "NOISE_POISSON",
    "NOTES",
    "NOTE_AGE",
    "NOTE_CAPACITY",
    "NOTE_DRAWN",
    "NOTE_FEEDBACK",
    "NOTE_LOGIT",
    "NOTE_ROUNDS",
    "NOTE_RULED",
    "NOTE_SHARE",
    "OVERFLOW",
    "PATIENCE",
    "PATIENCE_FLOW",
    "PER_DAY",
    "PER_RISK",
    "PER_USD",
    "PLANES",
    "POOL",
    "PRIORITY",
    "PUSH_FROM",
    "PUSH_TO",
    "QUEUE",
    "QUEUE_AGE",
    "QUEUE_AT",
    "QUEUE_FIRST",
    "RANDOM",
    "RATE",
    "RATE_OF_LEAVING",
    "REACHED",
    "REF",
    "RISK",
    "ROOM",
    "ROOM_DRAW",
    "ROUND",
    "RULE_BEGIN",
    "RULE_CLOSE",
    "RULE_COUNT_FLOW",
    "RULE_COUNT_STOCK",
    "RULE_END",
    "RULE_FACTOR",
    "RULE_RESPONSE",
    "RULE_SCALE",
    "RULE_SET",
    "RULE_SHIFT",
    "RULE_SLOTS",
    "RULE_THRESHOLD",
    "RULE_TIMES",
    "SCALE",
    "SD_LEVEL",
    "SD_TREND",
    "SEASON",
    "SERVERS",
    "SERVICE",
    "SERVICE_RATE",
    "SHARED_ROOM",
    "SLOTS",
    "SOURCE",
    "STAY_DRAW",
    "STEP_HAZARD",
    "STOCK",
    "TAKEN",
    "TAKE_DRAW",
    "TIME",
    "TO",
    "TREND",
    "TREND_DRAW",
    "TREND_NOW",
    "TREND_SPREAD",
    "WAITING",
    "WATCH",
    "WITH_PLACE",
    "WORKS",
]

SOURCE, JOURNEY, CHOICE, QUEUE, HOLD, END = range(6)
KINDS = ("source", "journey", "choice", "queue", "hold", "end")

INFLOW_RATE, INFLOW_POOL, INFLOW_MOMENTUM = range(3)
INFLOWS = ("rate", "pool", "momentum")

NOISE_EXACT, NOISE_POISSON, NOISE_NEGATIVE_BINOMIAL = range(3)
NOISES = ("exact", "poisson", "negative-binomial")

FIFO, LIFO, RANDOM, PRIORITY = range(4)
DISCIPLINES = ("fifo", "lifo", "random", "priority")

# Columns of Program.stage: refs, flows, dwell tables, codes; -1: not given.
(
    KIND,  # code
    FIRST,  # first flow
    EXITS,  # number of regular exits: the stage's first flows
    INITIAL,  # ref: people per group at the start
    AGE,  # ref: days over which they entered before the start
    ROOM,  # ref
    OVERFLOW,  # flow
    SHARED_ROOM,  # pool of which ROOM is the room
    INFLOW,  # code
    RATE,  # ref: people per day
    SCALE,  # ref
    NOISE,  # code
    DISPERSION,  # ref
    POOL,  # ref
    HAZARD,  # ref
    LEVEL,  # ref
    TREND,  # ref
    DAMPING,  # ref
    SD_LEVEL,  # ref
    SD_TREND,  # ref
    SEASON,  # ref
    DWELL,  # dwell table
    LOGIT,  # 1 where the choice is a logit
    PER_USD,  # ref
    PER_DAY,  # ref
    PER_RISK,  # ref
    SERVERS,  # ref
    SERVICE_RATE,  # ref
    SERVICE,  # dwell table
    CAPACITY_NOISE,  # code
    DISCIPLINE,  # code
    PATIENCE,  # dwell table
    PATIENCE_FLOW,  # flow
    BALK_ABOVE,  # ref
    BALK_PROB,  # ref
    BALK_FLOW,  # flow
    QUEUE_AT,  # position among the queues
    QUEUE_AGE,  # steps of age of the oldest cohort at the start
    QUEUE_FIRST,  # slot of the oldest cohort
    PUSH_FROM,  # first push term
    PUSH_TO,  # last push term + 1
    FEED_FROM,  # first feedback term
    FEED_TO,  # last feedback term + 1
    WORKS,  # in row i: the stage that works i-th in a step
    SLOTS,
) = range(45)

# Columns of Program.flow: destination stage, refs (REF -1: the rest), row in State.watched, whether people bring
# their place in a pool along, and from ARRIVES_AS on for each group the one as which people arrive.
TO, REF, COST, TIME, RISK, LEGAL, CONSTANT, WATCH, KEEPS_PLACE, ARRIVES_AS = range(10)

# Rows of Sampled.dwell.
(
    MASS,  # probability of k steps
    CHANCE,  # to leave at k steps, given not before
    RATE_OF_LEAVING,  # the same as a hazard over the step
    REACHED,  # probability of at most k steps
    GUESS,  # smallest k that a uniform number in the bin'th part of (0, 1) can mean
    BINS,
) = range(6)
ABREAST = 8  # bins of a distribution looked at together; as many copies of its last follow it

# Planes of State.people: what is counted for every stage and group.
(
    STOCK,  # people in the stage
    INBOX,  # of them, those who came since the stage last worked
    WAITING,  # of them, in a queue, those whose service has not begun
    CARRY,  # fractions carried over by exact sources and capacities
    LEVEL_NOW,  # log intensity of a momentum source; in expected mode its mean
    TREND_NOW,  # its trend per day; in expected mode its mean
    LEVEL_SPREAD,  # variance of the log intensity; this and the next two in expected mode
    JOINT_SPREAD,  # covariance of both
    TREND_SPREAD,  # variance of the trend
    WITH_PLACE,  # of those who came since, those who bring a place in the stage's pool along
    # Within the work of one stage:
    FRESH,  # arrivals not yet sent on
    TAKEN,  # people whose service begins; in a hold that may be full, those who are there
    LEAVING,  # people on their way to the regular exits
    STEP_HAZARD,  # of a hold: hazard of leaving within the step, all exits together
    CAME,  # of a hold that may be full: arrivals of a part of the step
    PLANES,
) = range(16)

# Decisions of one component, group and step: ranges apart, so that no draw shifts another. Within a range, ROUND
# sets apart the rounds of service that begin in one step.
ROUND = 1 << 24
COUNT_DRAW, LEVEL_DRAW, TREND_DRAW, EXIT_DRAW, DWELL_DRAW, ROOM_DRAW, STAY_DRAW, FRESH_DRAW = (
    i << 40 for i in range(8)
)
GIVE_UP_DRAW, COHORT_DRAW, BALK_DRAW, TAKE_DRAW, CAPACITY_DRAW = (i << 40 for i in range(8, 13))

# What rules do at the beginning of a step, with the further columns of Program.rule.
(
    RULE_COUNT_STOCK,  # add the people in a stage: stage; group, or -1 for all
    RULE_COUNT_FLOW,  # add the people per day along a flow in the step before: row in State.watched; group, or -1
    RULE_THRESHOLD,  # signal; rows of: above, below, days
    RULE_RESPONSE,  # signal; rows of: capacity, elasticity, days; form; first step at which the count is known
    RULE_BEGIN,  # row to write, row of what is known before the run
    RULE_TIMES,  # row to write, row of the factor
    RULE_FACTOR,  # row to write, signal
    RULE_SET,  # this and the next three: row to write, row of the part in force, signal or -1, row of the operand
    RULE_SCALE,
    RULE_SHIFT,
    RULE_CLOSE,
    RULE_END,  # row to write, rows of the lowest and highest value, position in State.ruled
) = range(12)
RULE_SLOTS = 7
FORM_POWER, FORM_OVER_CAPACITY = range(2)

NOTE_SHARE, NOTE_FEEDBACK, NOTE_LOGIT, NOTE_AGE, NOTE_ROUNDS, NOTE_DRAWN, NOTE_RULED, NOTE_CAPACITY = range(8)
NOTES = (
    "shares of exits that add up to more than 1, cut to what was left",
    "departures that negative feedback would have taken below zero, cut at zero",
    "choices with no legal option, spread evenly over the options",
    "initial queues whose drawn age is beyond the central value's, entered at that age",
    "steps in which a queue began the most rounds of service that one step can hold",
    "steps at which a drawn value was beyond the bounds of its kind, cut to them",
    "steps at which a value that depends on the state was beyond the bounds of its kind, cut to them",
    "steps at which a quantity responded to a capacity of nothing, taken as no response",
)

# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 The Syncline authors
"""Rules that find places in the source text and spoil them, one change each.

A rule goes by what the text looks like, not by where it stands: code that moves
or is written anew is found again. rules(path, text) yields Change objects.
"""

import re
from collections import namedtuple

# From @start to @end of the text @new takes the place; @what is the text that tells the place.
Change = namedtuple("Change", "kind start end new what function")

# A simple statement: an assignment, a step, a call. No declaration: those have a blank in front of the name.
ASSIGN = re.compile(r"(?P<lhs>\**[\w>\[\].()*&-]+?) (?P<op>[-+|&^]?=) ")
STEP = re.compile(r"(\*?[\w>\[\].-]+(\+\+|--)|(\+\+|--)[\w>\[\].-]+);")
CALL = re.compile(r"(\(void\))?(?P<name>[a-z_]\w*)\(")
KEYWORDS = ("if", "for", "while", "switch", "return", "do", "else", "case", "sizeof")
FUNCTION = re.compile(r"^([A-Za-z_]\w*)\(", re.M)

# Calls that no rule takes out: what they say or guard is another matter; sync calls are spoilt by run.py itself.
NO_PLACE = re.compile(r"(sl_(flush|prepare|update|release)|SL_LOG|sl_log\w*|RTE_SET_USED|RTE_VERIFY|pthread_mutex_\w+|rte_spinlock_\w+|sem_destroy|rte_delay\w*|va_\w+|"
                      r"v?snprintf|fprintf|getrlimit|emit)$")
ERROR_HEAD = re.compile(r"if \((.* )?(\b(ret|rc|err|\*ret)\b (!=|<) 0|\w+ == NULL|[a-z]\w+\([^&]*\) != 0|== -E|!ok)")
# What only gives memory back: that it comes in another order is seen by no test but one with AddressSanitizer.
MEMORY = re.compile(r"(free|rte_free|munmap|sem_destroy|sl_handle_free|rte_memzone_free|region_drop|drop_memory)$")
OLD_VALUE = re.compile(r"\b(old|before|was|prev|saved)\w*;$")
LABEL = re.compile(r"(case\b[^?]*|\w+):$")
LOG = re.compile(r"\b(SL_LOG|sl_log)\(")


class Statement:
    """A simple statement of a function's body."""

    def __init__(self, text, start, end, function, heads):
        self.text, self.start, self.end, self.function = text, start, end, function
        self.heads = heads  # the lines that it hangs on, innermost first: "if (...)", "else", "}"
        m = ASSIGN.match(text)
        self.lhs = m.group("lhs") if m else None
        self.operator = m.group("op") if m else None
        c = CALL.match(text)
        self.call = c.group("name") if c and not m else None

    @property
    def error(self):
        """It hangs on an error: on the nearest condition, or on the label of a clean-up."""
        return bool(self.heads) and bool(ERROR_HEAD.match(self.heads[0]) or re.match(r"\w+:$", self.heads[0]))


def blank(text):
    """The same text, as long, with blanks for comments, and strings emptied."""
    def hide(m):
        s = m.group()
        return re.sub(r"[^\n]", " ", s) if s.startswith("/*") else '"' + "x" * (len(s) - 2) + '"'
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', hide, text, flags=re.S)


def without_comments(text):
    """The same text, as long, with blanks for comments."""
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def functions(code):
    """(name, start of the body, end of the body) of each function; clang-format puts its name and its braces first in a line."""
    for m in re.finditer(r"^([A-Za-z_]\w*)\([^;{}]*?\)\n\{\n(.*?)^\}", code, re.M | re.S):
        yield m.group(1), m.start(2), m.end(2)


def indent(line):
    return len(line) - len(line.lstrip("\t"))


def statement_end(code, at):
    """Index behind the semicolon that ends what begins at @at."""
    depth = 0
    for i in range(at, len(code)):
        if code[i] in "([{":
            depth += 1
        elif code[i] in ")]}":
            depth -= 1
        elif code[i] == ";" and depth == 0:
            return i + 1
    return len(code)


def statements(code):
    """Every simple statement, in order."""
    for name, first, last in functions(code):
        at, before, heads, parens = first, "{", [], 0
        for line in code[first:last].splitlines(keepends=True):
            start, at = at, at + len(line)
            body = line.strip()
            within, parens = parens > 0, parens + line.count("(") - line.count(")")
            if not body:
                continue
            depth = indent(line)
            heads = [h for h in heads if h[0] < depth]
            begins = before[-1] in "{};" or LABEL.match(before) or re.match(r"(\} )?(if|for|while|else)\b", before) and before[-1] in ")" or \
                before.endswith("else")
            # The head of a "for" has semicolons too; a line of an initializer is no statement.
            begins = begins and not within and body[0] != "."
            word = re.match(r"\w+", body)
            if begins and not (word and word.group() in KEYWORDS) and body not in "{};" and depth > 0:
                begin = start + depth
                if ASSIGN.match(code, begin) or CALL.match(code, begin) or STEP.match(code, begin):
                    end = statement_end(code, begin)
                    yield Statement(" ".join(code[begin:end].split()), begin, end, name, [h[1] for h in reversed(heads)])
            # A head may go on in the next line: that is further in, and no head of its own.
            if begins and (body.endswith("{") or word and word.group() in ("if", "for", "while", "else", "do")):
                heads.append((depth, head_of(code, start + depth)))
            before = body if begins or body[-1] in "{};" else before + " " + body


def head_of(code, at):
    """The text of "if (...)" and so on, from @at to its closing parenthesis."""
    m = re.compile(r"(\} )?(else )?\w+ \(").match(code, at)
    if not m:
        return code[at:code.index("\n", at)]
    depth, i = 0, m.end() - 1
    while True:
        depth += {"(": 1, ")": -1}.get(code[i], 0)
        i += 1
        if depth == 0:
            return " ".join(code[at:i].split()).removeprefix("} ").removeprefix("else ")


# --- rules: (kind, files, function names, which statements) ---

# The control path, and of lib/shm what has state.
CONTROL = re.compile(r"pmd/(?!sl_(pci_|soft_)?args|sl_filter|\w*_burst)\w+\.c$|lib/shm/(?!sl_cache|sl_sync|sl_dump)\w+\.c$")


def droppable(s):
    return not (s.call and NO_PLACE.match(s.call)) and not LOG.search(s.text)


def dropped(kind, s):
    # What a compiler then calls unused is no matter: warnings are off.
    return Change(kind, s.start, s.end, ";", s.text, s.function)


RESTART = re.compile(r".*(drain|enable|disable|restart|forget|_start|_stop|_fill|_off|_keep|give_back\w*|let_go)$")
STOPS = re.compile(r".*(disable\w*|master\w*|stop\w*|reset\w*|restart|_free|free_locked|release|close|drop|remove|unmap\w*|drain|quiet\w*|"
                   r"prove\w*|proof\w*|kept|retry|sweep)$")
RELEASE = re.compile(r".*(release|close|_free|_put|_detach|_fini|_destroy|_drop|_stop|_remove|give_back\w*|let_go|"
                     r"_off)$")


def in_flight(path, found):
    """State in flight: what a queue forgets, resets or takes over where it is emptied and started."""
    if not re.match(r"pmd/sl_(qctl|rxq|txq|rx|tx|stall|stop)\.c$", path):
        return
    for s in found:
        if s.lhs and "->" in s.lhs and RESTART.match(s.function):
            yield dropped("state", s)


def released(path, found):
    """Order of release: a call left out, and two neighbours in the other order."""
    if not CONTROL.match(path):
        return
    mine = [s for s in found if RELEASE.match(s.function) and droppable(s) and s.call]
    for s in mine:
        yield dropped("release", s)
    for a, b in zip(mine, mine[1:]):
        if a.function == b.function and a.heads == b.heads and b.start - a.end < 10 and \
                not MEMORY.match(a.call) and not MEMORY.match(b.call):
            yield a, b


def kept(path, found):
    """Statistics kept over restarts, resets and removal."""
    for s in found:
        if s.call and re.match(r"sl_stats_(keep|collect)\w*|add_counters$|add_[rt]x$", s.call) or \
                path == "pmd/sl_stats.c" and (s.call == "memset" or s.lhs and "base" in s.lhs):
            yield dropped("stats", s)


def rolled_back(path, found):
    """What is taken back when a later step is refused."""
    if not CONTROL.match(path):
        return
    for s in found:
        if droppable(s) and (s.error or s.lhs and OLD_VALUE.search(s.text)) and s.lhs not in ("ret", "why", "rte_errno", "*ret") \
                and not RELEASE.match(s.function):
            yield dropped("rollback", s)


def window(path, found):
    """Each statement of what lets the NIC reach memory."""
    if re.match(r"(pmd/sl_(dmalist|dmamap|iommu|vfio)|lib/shm/sl_window)\w*\.c$", path):
        for s in found:
            if droppable(s):
                yield dropped("window", s)


def text_rules(path, code):
    """Rules that look at less than a statement: kind, start, end, new text."""
    # The difference to what was counted before a reset.
    if path == "pmd/sl_stats.c":
        for m in re.finditer(r" - (?=(b\[i\]|\w+(->\w+)?->\w*base\w*\[))", code):
            end = code.index("]", m.end()) + 1
            yield "stats", m.start(), end, ""
    # A NIC that will not stop: the result of what asks it to, and of what takes memory from it, is as if all were well.
    wanted = r"(?<![\w.>])(sl_master_set|sl_port_(wait|reset)|\w+(->\w+)*->hw->ops->(quiet|reset|rxq_disable|txq_disable)|\w+_disable|stop_dma|wait_(reset_done|until|once)|region_drop|" \
        r"sl_region_free|sl_buffer_unmap|sl_window_remove|hook_unmap|sl_dmalist_drop|sl_qctl_(stop|region_drop)|dir->disable|sl_[rt]xq_(stop|restart)|\w*bus_master\w*)\("
    if CONTROL.match(path):
        for m in re.finditer(wanted, code):
            line = code[code.rindex("\n", 0, m.start()) + 1:m.start()]
            end = matching(code, m.end() - 1)
            # Not where it is defined, nor where nobody asks for the result, nor on other ways than to a stop.
            if STOPS.match(function_at(code, m.start())) and line.strip() and line[0] == "\t" and not line.strip().startswith("(void)") and "const struct" not in line:
                yield "ignored", m.start(), end, f"((void){code[m.start():end]}, 0)"
    # Memory that comes as it was left.
    if re.match(r"(pmd|lib/shm|lib/ndis)/(?!sl_stats)\w+\.c$", path):
        for m in re.finditer(r"(?<![\w.>])(memset|calloc|rte_zmalloc(_socket)?|rte_calloc_socket)\(", code):
            end = matching(code, m.end() - 1)
            args = split_args(code[m.end():end - 1])
            text = code[m.start():end]
            if m.group(1) == "memset":
                if args[1] == "0" and code[end] == ";":
                    yield "zero", m.start(), end, f"({args[0]})"
                continue
            size = {"calloc": lambda a: f"({a[0]}) * ({a[1]})", "rte_calloc_socket": lambda a: f"({a[1]}) * ({a[2]})"}.get(
                m.group(1), lambda a: a[1])(args)
            yield "zero", m.start(), end, \
                f"({{ void *dirty_ = {text}; if (dirty_ != NULL) memset(dirty_, 0xa5, {size}); dirty_; }})"
    # What stands behind a barrier, in front of it.
    for m in re.finditer(r"\b(sl_doorbell_barrier|sl_update_fence|sl_acquire|sl_cache_fence_clean)\([^;]*\);\n\t+", code):
        begin = m.end()
        if ASSIGN.match(code, begin) or CALL.match(code, begin) and \
                CALL.match(code, begin).group("name") not in KEYWORDS:
            end = statement_end(code, begin)
            yield "fence", m.start(), end, code[begin:end] + " " + code[m.start():begin].rstrip()


def matching(code, at):
    """Index behind the parenthesis that closes the one at @at."""
    depth = 0
    for i in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[i], 0)
        if depth == 0:
            return i + 1
    raise ValueError("a parenthesis without its end")


def split_args(text):
    out, depth, last = [], 0, 0
    for i, c in enumerate(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(c, 0)
        if c == "," and depth == 0:
            out.append(text[last:i].strip())
            last = i + 1
    return out + [text[last:].strip()]


def function_at(code, at):
    name = "?"
    for m in FUNCTION.finditer(code, 0, at):
        name = m.group(1)
    return name


def changes(path, text):
    """All changes that the rules make to the file; of two at one place the first one's."""
    code, plain = blank(text), without_comments(text)
    found = list(statements(code))
    seen = set()

    def told(start, end):
        return " ".join(plain[start:end].split())

    for rule in (in_flight, kept, released, rolled_back, window):
        for c in rule(path, found):
            if not isinstance(c, Change):  # two neighbours: the other order
                a, b = c
                c = Change("swap", a.start, b.end, f"{text[b.start:b.end]} {text[a.start:a.end]}", "", a.function)
            if (c.start, c.end) not in seen:
                seen.add((c.start, c.end))
                yield c._replace(what=told(c.start, c.end))
    for kind, start, end, new in text_rules(path, code):
        stop = code.find("\n", end)
        begin = code.rindex("\n", 0, start) + 1
        what = told(start, end) if kind in ("ignored", "zero", "fence") else told(begin, stop)
        yield Change(kind, start, end, new, what, function_at(code, start))

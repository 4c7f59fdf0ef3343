package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.StoreTime;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two numbers of 64 bits that are the same for worlds that differ in nothing that matters: ids,
 * lease numbers and consent numbers count by their order, times by their distance from now, and
 * what is long ago is long ago.
 */
@SuppressWarnings("EnumOrdinal")
final class Fingerprint {
  private static final long PAST = 60_000;
  private static final long FUTURE = 600_000;
  private static final int MOST_FAILURES = 4;
  private static final ClassValue<Part[]> PARTS =
      new ClassValue<>() {
        @Override
        protected Part[] computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents()).map(Part::of).toArray(Part[]::new);
        }
      };

  /** How a component of a record counts. */
  private enum Meaning {
    VALUE,
    LEASE,
    CONSENT,
    CALLER,
    COUNT,
    NOTHING
  }

  private record Part(Method accessor, Meaning meaning) {
    static Part of(RecordComponent component) {
      return new Part(component.getAccessor(), meaning(component));
    }

    private static Meaning meaning(RecordComponent component) {
      String name = component.getName();
      if (component.getType() == long.class) {
        return switch (name) {
          case "lease", "leases", "number", "stateLease" -> Meaning.LEASE;
          case "consent" -> Meaning.CONSENT;
          default -> Meaning.VALUE;
        };
      }
      if (component.getType() == int.class) {
        return switch (name) {
          case "id", "waiter" -> Meaning.CALLER;
          case "failures", "conflicts", "tries" -> Meaning.COUNT;
          default -> Meaning.VALUE;
        };
      }
      return switch (name) {
        case "took", "cause", "why" ->
            component.getType().isEnum() ? Meaning.VALUE : Meaning.NOTHING;
        case "retryAfter" -> Meaning.NOTHING;
        default -> Meaning.VALUE;
      };
    }

    Object value(Object row) {
      try {
        return accessor.invoke(row);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private long[] words = new long[512];
  private int size;
  private int[] leases = new int[64];
  private int leaseCount;
  private int[] consents = new int[64];
  private int consentCount;
  private final String[] ids = new String[128];
  private int idCount;
  private final int[] callers = new int[64];
  private int callerCount;
  private long nodeNow;
  private long storeNow;

  long high;
  long low;

  void take(World world) {
    size = 0;
    leaseCount = 0;
    consentCount = 0;
    idCount = 0;
    storeNow = world.storeTime().millis();
    addWorld(world);
    renumber(leases, leaseCount);
    renumber(consents, consentCount);
    hash();
  }

  private void addWorld(World world) {
    add(world.row);
    if (world.has(Setting.Budget.FAULTS)) {
      add(world.previous);
    }
    put(world.storeIsDown ? age(world.storeDownAt, world.time) : -1);
    put(world.wentBack ? 1 : 0);
    for (Family family : world.families) {
      put(family.issued() * 2L + (family.ended() ? 1 : 0));
      put(family.graceFor());
      put(family.graceFor() == 0 ? 0 : Math.max(-1, family.graceUntil() - world.time));
      put(family.busy() * 64L + family.goodFrom());
    }
    put(world.recipient.consent() * 1000L + world.recipient.serial());
    for (int budget : world.left) {
      put(budget);
    }
    for (Node node : world.nodes) {
      addNode(node, world);
    }
    for (Op op : world.orphans) {
      nodeNow = world.nodeTime(world.nodes[op.node()]).nanos() / 1_000_000;
      put(op.node());
      addOp(op, world);
    }
    addGhosts(world);
  }

  private void addNode(Node node, World world) {
    nodeNow = world.nodeTime(node).nanos() / 1_000_000;
    callerCount = 0;
    add(node.policy.holder());
    for (Node.Caller caller : node.callers) {
      addCaller(caller.id());
      put(caller.why().ordinal());
      add(caller.refused());
      put(caller.consent());
      put(Math.max(-30_000, caller.since() - world.time));
    }
    add(node.memory);
    add(node.wakeAt);
    put(node.paused ? age(node.pausedAt, world.time) : 1);
    put(node.ops.size());
    for (Op op : node.ops) {
      addOp(op, world);
    }
    add(node.holds);
    add(node.heard);
    add(node.given);
    add(node.notTaken);
    addLease(node.leaseNumber);
    if (node.leaseNumber > 0) {
      put(Math.max(-1, node.leaseUntil - world.time));
      put(age(node.announcedAt, world.time));
    }
    put(node.lookFailedAt < 0 ? -PAST : age(node.lookFailedAt, world.time));
    put(node.rooms * 64L + node.disconnects);
    put(node.endedConsent);
    put(node.end);
  }

  private void addOp(Op op, World world) {
    put(op.stage().ordinal() * 2L + (op.slow() ? 1 : 0));
    add(op.action());
    add(op.answer());
    put(Math.max(-1, op.until() - world.time));
    put(op.slow() || op.action() instanceof Action.Import ? age(op.issued(), world.time) : 0);
  }

  private void addGhosts(World world) {
    put(world.ghosts.attempts.size());
    for (Ghosts.Attempt attempt : world.ghosts.attempts) {
      put(attempt.consent() * 64L + attempt.generation());
      put(age(attempt.sentAt(), world.time) * 4 + attempt.effect().ordinal());
      add(attempt.call());
    }
    put(world.ghosts.deletedUpTo);
    put(world.ghosts.endedByUser);
    put(world.ghosts.ends);
    put(world.ghosts.told);
    add(world.ghosts.offered);
  }

  private static long age(long then, long now) {
    return Math.max(-PAST, then - now);
  }

  private void add(@Nullable Object value) {
    if (value == null) {
      put(-77);
    } else if (value instanceof String text) {
      addText(text);
    } else if (value instanceof NodeTime time) {
      put(distance(time.nanos() / 1_000_000 - nodeNow));
    } else if (value instanceof StoreTime time) {
      put(distance(time.millis() - storeNow));
    } else if (value instanceof TokenSet tokens) {
      addTokens(tokens);
    } else if (value instanceof Memory.Seen seen) {
      addSeen(seen);
    } else if (value instanceof Memory.Put.Consent consent) {
      addRecord(consent);
      consents = room(consents, consentCount);
      consents[consentCount++] = size;
      put(storeNow + consent.exchangedAt().nanos() / 1_000_000 - nodeNow);
    } else if (value instanceof Record row) {
      addRecord(row);
    } else {
      addPlain(value);
    }
  }

  private void addPlain(Object value) {
    if (value instanceof Enum<?> constant) {
      put(constant.ordinal());
    } else if (value instanceof Boolean flag) {
      put(flag ? 1 : 2);
    } else if (value instanceof Number number) {
      put(number.longValue());
    } else if (value instanceof Duration duration) {
      put(distance(duration.toMillis()));
    } else if (value instanceof Set<?> set) {
      long bits = 0;
      for (Object element : set) {
        bits += element instanceof Enum<?> constant ? 1L << constant.ordinal() : element.hashCode();
      }
      put(bits);
    } else if (value instanceof Collection<?> values) {
      put(values.size());
      values.forEach(this::add);
    } else if (value instanceof Secret secret) {
      put(secret.hashCode());
    } else if (value instanceof URI uri) {
      put(uri.hashCode());
    } else if (value instanceof Throwable || value instanceof Instant) {
      put(-78);
    } else {
      throw new IllegalStateException("cannot take " + value.getClass());
    }
  }

  private void addTokens(TokenSet tokens) {
    put(tokens.accessToken().hashCode());
    put(tokens.refreshToken().isPresent() ? 1 : 0);
    put(tokens.issuer().isPresent() ? tokens.issuer().get().hashCode() : 0);
  }

  private void addSeen(Memory.Seen seen) {
    add(seen.grant());
    put(distance(seen.at().nanos() / 1_000_000 - nodeNow));
    put(seen.traits().isOwned() ? 1 : 0);
  }

  private void addRecord(Record row) {
    put(row.getClass().hashCode());
    for (Part part : PARTS.get(row.getClass())) {
      if (part.meaning == Meaning.NOTHING) {
        continue;
      }
      Object value = part.value(row);
      switch (part.meaning) {
        case LEASE -> addLease((Long) value);
        case CONSENT -> {
          consents = room(consents, consentCount);
          consents[consentCount++] = size;
          put((Long) value);
        }
        case CALLER -> addCaller((Integer) value);
        case COUNT -> put(Math.min(MOST_FAILURES, (Integer) value));
        default -> add(value);
      }
    }
  }

  private void addLease(long number) {
    leases = room(leases, leaseCount);
    leases[leaseCount++] = size;
    put(number);
  }

  private void addText(String text) {
    if (text.isEmpty() || text.charAt(0) != '#') {
      put(text.hashCode());
      return;
    }
    for (int i = 0; i < idCount; i++) {
      if (ids[i].equals(text)) {
        put(i);
        return;
      }
    }
    ids[idCount++] = text;
    put(idCount - 1);
  }

  private void addCaller(int id) {
    if (id == 0) {
      put(-1);
      return;
    }
    for (int i = 0; i < callerCount; i++) {
      if (callers[i] == id) {
        put(i);
        return;
      }
    }
    callers[callerCount++] = id;
    put(callerCount - 1);
  }

  private static long distance(long millis) {
    return Math.max(-PAST, Math.min(FUTURE, millis));
  }

  private static int[] room(int[] array, int count) {
    return count < array.length ? array : Arrays.copyOf(array, count * 2);
  }

  private void put(long word) {
    if (size == words.length) {
      words = Arrays.copyOf(words, size * 2);
    }
    words[size++] = word;
  }

  /** Puts each number's rank among all in its place; zero stays. */
  private void renumber(int[] places, int count) {
    long[] numbers = new long[count + 1];
    for (int i = 0; i < count; i++) {
      numbers[i + 1] = words[places[i]];
    }
    Arrays.sort(numbers);
    int distinct = 0;
    for (int i = 1; i < numbers.length; i++) {
      if (numbers[i] != numbers[distinct]) {
        numbers[++distinct] = numbers[i];
      }
    }
    for (int i = 0; i < count; i++) {
      words[places[i]] = Arrays.binarySearch(numbers, 0, distinct + 1, words[places[i]]);
    }
  }

  private void hash() {
    long a = 0x9E3779B97F4A7C15L;
    long b = 0xC2B2AE3D27D4EB4FL;
    for (int i = 0; i < size; i++) {
      a = Long.rotateLeft((a ^ words[i]) * 0xFF51AFD7ED558CCDL, 31);
      b = Long.rotateLeft((b + words[i]) * 0xC4CEB9FE1A85EC53L, 29) ^ a;
    }
    high = a ^ (a >>> 32);
    low = b ^ (b >>> 29);
  }
}

package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in one line what is in a world: tokens by their names, times from its beginning. */
final class Words {
  private Words() {}

  static String of(Move move, World world) {
    String at = "%6.1f s  ".formatted(world.time / 1000.0);
    String node = move.node() < 0 ? "" : world.nodes[move.node()].name() + ": ";
    if (move.what() == Move.What.TIME) {
      return at + "time passes: " + move.millis() / 1000.0 + " s";
    }
    if (move.op() < 0 || move.what() == Move.What.LEAVE || move.what() == Move.What.TIME_OVER) {
      String token = move.what() == Move.What.REFUSED ? " AT" + world.nodes[move.node()].holds : "";
      return at + node + move.what() + token;
    }
    Op op =
        move.node() < 0
            ? world.orphans.get(move.op())
            : world.nodes[move.node()].ops.get(move.op());
    return at
        + node
        + move.what()
        + " "
        + (move.what() == Move.What.DELIVER ? value(op.answer()) : name(op.action()));
  }

  private static String name(@Nullable Object value) {
    return value == null ? "" : value.getClass().getSimpleName();
  }

  static String of(Action action) {
    return value(action);
  }

  static String of(Grant grant) {
    return value(grant);
  }

  static String of(Stored row) {
    return value(row);
  }

  static String value(@Nullable Object value) {
    if (value == null) {
      return "-";
    }
    if (value instanceof TokenSet tokens) {
      return tokens.refreshToken().isPresent()
          ? "AT/RT" + Token.of(tokens)
          : "AT" + Token.of(tokens);
    }
    if (value instanceof Secret secret) {
      return secret.reveal();
    }
    if (value instanceof Throwable) {
      return "away";
    }
    if (value instanceof Duration duration) {
      return duration.toMillis() / 1000.0 + "s";
    }
    if (value instanceof Collection<?> values) {
      return values.stream().map(Words::value).collect(Collectors.joining(", ", "[", "]"));
    }
    String plain = plain(value);
    return plain != null ? plain : value instanceof Record row ? record(row) : value.toString();
  }

  /** Returns short words for what is shown often. */
  private static @Nullable String plain(Object value) {
    if (value instanceof Version version) {
      return "v(%.3f).%d.%d.%d.%d"
          .formatted(
              (version.consent() - World.START.toEpochMilli()) / 1000.0,
              version.generation(),
              version.lease(),
              version.stateLease(),
              version.step());
    }
    if (value instanceof Revision revision) {
      return revision.text().isEmpty() ? "absent" : revision.text();
    }
    if (value instanceof Lease lease) {
      return "%d of %s until %s".formatted(lease.number(), lease.holder(), value(lease.until()));
    }
    if (value instanceof StoreTime time) {
      return (time.millis() - World.START.toEpochMilli()) / 1000.0 + "s";
    }
    if (value instanceof NodeTime time) {
      return (time.nanos() / 1_000_000 % 1_000_000_000) / 1000.0 + "s";
    }
    if (value instanceof Refusal refusal) {
      return refusal.verdict().name();
    }
    if (value instanceof Grant grant) {
      return "%s %s %s"
          .formatted(value(grant.tokens()), value(grant.state()), value(grant.version()));
    }
    if (value instanceof GrantRow.Live live) {
      return "%s %s, lease %s, leases %d, sent %s, read %s"
          .formatted(
              value(live.revision()),
              value(live.grant()),
              value(live.lease()),
              live.leases(),
              value(live.times().sent()),
              value(live.readAt()));
    }
    if (value instanceof Stored row) {
      return "%s %s, lease %s"
          .formatted(
              value(row.revision()),
              row.grant() == null ? "stone " + value(row.version()) : value(row.grant()),
              value(row.lease()));
    }
    if (value instanceof NextRow next) {
      return "%s %s, lease %s, leases %d, look in %s, stamps %s"
          .formatted(
              value(next.revision()),
              next.grant() == null ? "stone " + value(next.version()) : value(next.grant()),
              value(next.lease()),
              next.leases(),
              value(next.lookIn()),
              next.stamps());
    }
    return null;
  }

  private static String record(Record row) {
    StringBuilder text = new StringBuilder(row.getClass().getSimpleName());
    RecordComponent[] components = row.getClass().getRecordComponents();
    String separator = "(";
    for (RecordComponent component : components) {
      Object part = part(row, component);
      if (part != null) {
        text.append(separator).append(component.getName()).append(' ').append(value(part));
        separator = ", ";
      }
    }
    return text.append(separator.equals("(") ? "" : ")").toString();
  }

  private static @Nullable Object part(Record row, RecordComponent component) {
    try {
      return component.getAccessor().invoke(row);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}

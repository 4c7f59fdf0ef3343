package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.Page;
import com.withampersand.sdk.token.refresh.StatusFilter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lists the grants that need a person, or all of them. */
record StatusCommand() implements Command {
  private static final String ALL = "--all";

  /** What may not resolve without a person. A foreign grant is for another program to judge. */
  private static final Set<Kind> STUCK =
      EnumSet.of(Kind.NEEDS_CONSENT, Kind.BLOCKED, Kind.UNREADABLE);

  @Override
  public String help() {
    return "lists the grants that need a person, or all of them [--all]";
  }

  @Override
  public int run(List<String> arguments, Console console) {
    Command.requireOptions(arguments, ALL);
    Table table = new Table("CONNECTION", "STATUS", "SINCE", "WHO ACTS", "WHAT TO DO");
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    AtomicBoolean isFine = new AtomicBoolean(true);
    try (KeptGrants grants = KeptGrants.open(console)) {
      forEach(
          grants.tokens(),
          status -> {
            counts.merge(status.kind(), 1, Integer::sum);
            if (needsPerson(status)) {
              isFine.set(false);
            }
            if (needsPerson(status) || arguments.contains(ALL)) {
              add(table, status);
            }
          });
    }
    table.print(console.out());
    console.out().println(summary(counts));
    return isFine.get() ? Operator.FINE : Operator.FOUND;
  }

  private static boolean needsPerson(GrantStatus status) {
    return STUCK.contains(status.kind()) && status.actor().orElse(Actor.DEVELOPER) != Actor.NONE;
  }

  // region list
  /** Walks through all grants, a page at a time. */
  private static void forEach(FreshTokens tokens, Consumer<GrantStatus> each) {
    @Nullable ConnectionKey after = null;
    do {
      Page<GrantStatus> page = tokens.statuses(StatusFilter.all(), after, KeptGrants.PAGE);
      page.items().forEach(each);
      after = page.next();
    } while (after != null);
  }

  // endregion

  private static void add(Table table, GrantStatus status) {
    table.add(
        Words.of(status.connection()),
        Words.of(status.kind()),
        status.since().map(StatusCommand::shown).orElse("-"),
        actor(status),
        remedy(status));
  }

  private static String shown(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String actor(GrantStatus status) {
    return switch (status.kind()) {
      case UNREADABLE -> Words.of(Actor.DEVELOPER);
      default -> status.actor().map(Words::of).orElse("-");
    };
  }

  private static String remedy(GrantStatus status) {
    return switch (status.kind()) {
      case FOREIGN ->
          "It was issued to another app or host than SALESFORCE_CLIENT_ID and SALESFORCE_LOGIN_HOST name.";
      case UNREADABLE ->
          "Add the key that sealed it to TOKEN_KEYS; if it is there, the grant was altered or a later version of the SDK wrote it.";
      default -> status.remedy().orElse("-");
    };
  }

  private static String summary(Map<Kind, Integer> counts) {
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    return "%d grants%s"
        .formatted(
            all,
            counts.entrySet().stream()
                .map(each -> each.getValue() + " " + Words.of(each.getKey()))
                .collect(Collectors.joining(", ", all == 0 ? "" : ": ", "")));
  }
}

package com.withampersand.sdk.salesforce.error;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.salesforce.error.EntryFacts.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes {@code docs/errors.md} from the catalog. */
final class ErrorsPage {
  private static final String INTRODUCTION =
      """
      # Salesforce's errors, explained

      This page is what `OAuthException`, `SalesforceError` and `SalesforceRefusal` know. Search it for the error code or for the text
      beside it. One code can mean several things; then its text decides. Salesforce often does not say why it refuses: causes are
      possibilities, the likeliest first, and some are known from reports only.

      If Salesforce shows a page instead of returning to your app, such as `OAUTH_APPROVAL_ERROR_GENERIC`, copy the **address** from the
      browser: the page does not show the reason, but its address does. `SalesforceError.explain(address)` reads it, and keeps no codes or
      states.

      | Who acts | |
      |---|---|
      | Developer | configures or deploys the program that uses this SDK |
      | Salesforce admin | an admin of the customer's org |
      | User | the user who connects Salesforce |
      | Ampersand | report it there |
      | No one | wait |

      | Verdict | Meaning |
      |---|---|
      | `FINAL` | The user must connect again. In answer to a refresh, the grant has ended, if the refresh went to the grant's own host and app. |
      | `BLOCKED` | Connecting again does not help. Stored tokens are kept, and work again when the cause is fixed. |
      | `PASSING` | The refusal is temporary and says nothing about the grant. Retry later. |
      | `THROTTLED` | Too many requests: this one was not carried out. Retry later. |
      | `UNKNOWN` | What it says about the grant is not certain. Stored tokens are kept. |

      No error makes the SDK delete a grant. To translate an error for your users, use `OAuthException.reason()`, which is given beside the
      verdict. The anchors of this page do not change.
      """;

  private ErrorsPage() {}

  static String text() {
    return INTRODUCTION
        + Stream.of(Stage.values()).map(ErrorsPage::part).collect(Collectors.joining());
  }

  private static String part(Stage stage) {
    return "\n## "
        + stage.title()
        + "\n"
        + Arrays.stream(ErrorEntry.values())
            .map(ErrorEntry::facts)
            .filter(facts -> facts.stage() == stage)
            .map(ErrorsPage::entry)
            .collect(Collectors.joining());
  }

  private static String entry(EntryFacts facts) {
    return "\n<a id=\"%s\"></a>\n\n### %s\n\n%s\n\n"
            .formatted(facts.id(), facts.title(), facts.meaning())
        + facts.patterns().stream().map(ErrorsPage::pattern).collect(Collectors.joining())
        + causes(facts.causes())
        + remedy(facts, facts.actor())
        + Stream.of(Actor.values())
            .filter(actor -> actor != facts.actor() && facts.remedies().containsKey(actor))
            .map(actor -> remedy(facts, actor))
            .collect(Collectors.joining())
        + "\nVerdict `%s`, reason `%s`.\n".formatted(facts.verdict(), facts.reason());
  }

  private static String pattern(ErrorPattern pattern) {
    String sources =
        pattern.sources().stream().map(ErrorSource::toString).collect(Collectors.joining(", "));
    String code = pattern.code().isEmpty() ? "" : "`" + pattern.code() + "`";
    String text = pattern.text().isEmpty() ? "" : "“" + pattern.text() + "”";
    return "- %s: %s\n".formatted((code + " " + text).strip(), sources);
  }

  private static String causes(List<String> causes) {
    String items = causes.stream().map("1. %s\n"::formatted).collect(Collectors.joining());
    return items.isEmpty() ? "" : "\nPossible causes, the likeliest first:\n\n" + items;
  }

  private static String remedy(EntryFacts facts, Actor audience) {
    return "\n**%s:** %s\n".formatted(name(audience), facts.remedyFor(audience));
  }

  private static String name(Actor actor) {
    return switch (actor) {
      case DEVELOPER -> "Developer";
      case PROVIDER_ADMIN -> "Salesforce admin";
      case END_USER -> "User";
      case AMPERSAND -> "Ampersand";
      case NONE -> "No one";
    };
  }
}

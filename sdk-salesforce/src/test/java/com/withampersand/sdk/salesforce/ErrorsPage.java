package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.Actor;
import java.util.List;
import java.util.stream.Collectors;

/** Words {@code docs/errors.md} from the catalogue. */
final class ErrorsPage {
  private static final String INTRODUCTION =
      """
      # Salesforce's errors, explained

      What `OAuthException`, `SalesforceError` and `SalesforceRefusal` know, for those who run a connection. Search this page for
      the code, or for the words beside it. The same code can mean several things, and then its words decide. Salesforce often
      does not tell why it refuses: causes are listed with the likeliest first, and some of them are known from reports only.

      Where a page of Salesforce's stands in place of an answer, such as `OAUTH_APPROVAL_ERROR_GENERIC`, copy the **address** out of the browser:
      the page hides the reason, and its address names it. `SalesforceError.explain(address)` reads it, and keeps nothing of
      the codes and states in it.

      | Who acts | Is |
      |---|---|
      | the developer | who configures or deploys the program that uses this SDK |
      | the Salesforce administrator | of the customer's org |
      | the user | whose consent is asked for |
      | Ampersand | report it there |
      | no one | wait |

      | Verdict | Means |
      |---|---|
      | `FINAL` | Only the user's consent helps. Of a refresh it ends the grant, and only at the grant's own host and for its own app. |
      | `BLOCKED` | Consent does not help. Stored tokens are kept, and work again once the cause is gone. |
      | `PASSING` | It passes. Of a refresh it says nothing about the grant. |
      | `THROTTLED` | Too many requests: this one was not carried out. Try again later. |
      | `UNKNOWN` | What it says about the grant is not certain. Stored tokens are kept. |

      No error makes the SDK delete a grant. `OAuthException.reason()` is the reason that stands beside the verdict: translate it for
      your users.
      """;

  private ErrorsPage() {}

  static String text() {
    return INTRODUCTION
        + part("While the user consents", ConsentTopics.ALL)
        + part("At the token endpoint", TokenTopics.ALL)
        + part("In calls with an access token", RestTopics.ALL);
  }

  private static String part(String title, List<Topic> topics) {
    return "\n## "
        + title
        + "\n"
        + topics.stream().map(ErrorsPage::topic).collect(Collectors.joining());
  }

  private static String topic(Topic topic) {
    return "\n### %s\n\n%s\n\n".formatted(topic.title(), topic.meaning())
        + topic.signs().stream().map(ErrorsPage::sign).collect(Collectors.joining())
        + causes(topic.causes())
        + "\n**To be done by %s.** %s\n".formatted(name(topic.actor()), topic.remedy())
        + "\nVerdict `%s`, reason `%s`.\n".formatted(topic.verdict(), topic.reason());
  }

  private static String sign(Sign sign) {
    String places = sign.places().stream().map(Place::toString).collect(Collectors.joining(", "));
    String code = sign.code().isEmpty() ? "" : "`" + sign.code() + "`";
    String words = sign.words().isEmpty() ? "" : "“" + sign.words() + "”";
    return "- %s, %s\n".formatted((code + " " + words).strip(), places);
  }

  private static String causes(List<String> causes) {
    String items = causes.stream().map("1. %s\n"::formatted).collect(Collectors.joining());
    return items.isEmpty() ? "" : "\nCauses, the likeliest first:\n\n" + items;
  }

  private static String name(Actor actor) {
    return switch (actor) {
      case DEVELOPER -> "the developer";
      case PROVIDER_ADMIN -> "the Salesforce administrator";
      case END_USER -> "the user";
      case AMPERSAND -> "Ampersand";
      case NOBODY -> "no one";
    };
  }
}

package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.token.GrantStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The page on which a customer sees and changes its connection. It never has a token to show.
 *
 * @param profile what is known of the org; empty if there is no connection
 * @param hint what can be typed as the host
 * @param fake whether the customer's org is a fake that can be controlled
 */
record HomePage(
    Session session, GrantStatus status, Optional<Profile> profile, String hint, boolean fake) {

  String html() {
    return Html.page(title(), who(), notice() + connection() + controls() + activity());
  }

  /** The title is what a screen reader says first after a button was pressed. */
  private String title() {
    return newest().map(entry -> entry.notice().title() + " – ").orElse("")
        + "Salesforce connection";
  }

  private Optional<Session.Entry> newest() {
    return session.notices().stream().findFirst();
  }

  private String who() {
    String where = fake ? "<span class=\"chip\">Fake Salesforce</span> " : "";
    return "<span class=\"who\">%s%s</span>"
        .formatted(where, Html.escape(session.customer().replace("customer-", "Customer ")));
  }

  private String notice() {
    return newest().map(HomePage::notice).orElse("");
  }

  private static String notice(Session.Entry entry) {
    Notice notice = entry.notice();
    return """
    <section class="notice %s" role="%s" aria-labelledby="notice">
    <div class="head"><h2 id="notice">%s</h2>%s</div>
    <p>%s</p>
    %s%s</section>
    """
        .formatted(
            word(notice.tone()),
            notice.isProblem() ? "alert" : "status",
            Html.escape(notice.title()),
            Html.time(entry.at()),
            Html.escape(notice.text()),
            notice.actor().map(HomePage::whoActs).orElse(""),
            details(notice.details()));
  }

  private static String word(Notice.Tone tone) {
    return switch (tone) {
      case GOOD -> "good";
      case NEUTRAL -> "neutral";
      case PROBLEM -> "problem";
    };
  }

  private static String whoActs(Actor actor) {
    return "<p class=\"actor\"><strong>%s</strong></p>%n".formatted(sentence(actor));
  }

  private static String sentence(Actor actor) {
    return switch (actor) {
      case END_USER -> "You can fix this.";
      case PROVIDER_ADMIN -> "An admin of your Salesforce org can fix this.";
      case DEVELOPER -> "Our support can fix this.";
      case AMPERSAND -> "Our support can have this fixed by Ampersand.";
      case NONE -> "No one has to act: it passes.";
    };
  }

  private static String details(String details) {
    return details.isEmpty()
        ? ""
        : "<details><summary>Details for support</summary><p class=\"code\">%s</p></details>%n"
            .formatted(Html.escape(details));
  }

  private String connection() {
    return """
    <section class="card" aria-labelledby="connection">
    <div class="head"><h1 id="connection">%s</h1>%s</div>
    %s</section>
    """
        .formatted(heading(), statusWord(), isConnected() ? connected() : connectForm());
  }

  private boolean isConnected() {
    return status.kind() != GrantStatus.Kind.ABSENT;
  }

  private String heading() {
    return isConnected()
        ? profile
            .map(Profile::orgName)
            .filter(name -> !name.isBlank())
            .map(Html::escape)
            .orElse("Your Salesforce org")
        : "Connect your Salesforce org";
  }

  private String statusWord() {
    return switch (status.kind()) {
      case ACTIVE -> pill("good", "Connected");
      case ABSENT -> pill("neutral", "Not connected");
      case IN_DOUBT -> pill("neutral", "Connected, being checked");
      case DISCONNECTING -> pill("neutral", "Disconnecting");
      case NEEDS_CONSENT -> pill("problem", "Consent needed");
      case BLOCKED -> pill("problem", "Blocked by Salesforce");
      default -> pill("problem", "Ask our support");
    };
  }

  private static String pill(String kind, String word) {
    return "<span class=\"pill %s\"><span class=\"visually-hidden\">Status: </span>%s</span>"
        .formatted(kind, word);
  }

  private String connectForm() {
    boolean wrong = !session.typed().isEmpty();
    return """
    <p class="lead">You choose the org, sign in at Salesforce, and allow the access there. We never see your password.</p>
    <form class="connect" method="post" action="/connect">
    %s
    <label for="host">Your Salesforce My Domain</label>
    <p class="hint" id="hint">%s</p>
    <div class="field">
    <input id="host" name="host" type="text" value="%s" placeholder="acme.my.salesforce.com" required maxlength="400" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="hint%s"%s>
    <button class="primary">Connect Salesforce</button>
    </div>
    </form>
    """
        .formatted(
            Html.formToken(session),
            Html.escape(hint),
            Html.escape(session.typed()),
            wrong ? " notice" : "",
            wrong ? " aria-invalid=\"true\"" : "");
  }

  private String connected() {
    return remedy() + facts() + actions();
  }

  /** What is wrong may have been found in another tab, or without the customer. */
  private String remedy() {
    boolean said = newest().filter(entry -> entry.notice().isProblem()).isPresent();
    return said
        ? ""
        : status
            .remedy()
            .map(text -> "<p class=\"lead\"><strong>%s</strong></p>%n".formatted(Html.escape(text)))
            .orElse("");
  }

  private String facts() {
    return "<dl>%n%s</dl>%n".formatted(profile.map(this::orgFacts).orElse("") + grantFacts());
  }

  private String orgFacts(Profile known) {
    String user = known.username().isEmpty() ? "" : Html.row("User", text(known.username()));
    String id = known.orgId().map(org -> Html.row("Org ID", code(org))).orElse("");
    return user + id + Html.row("Address", code(known.instance()));
  }

  private String grantFacts() {
    return Html.row("Scopes", scopes(status.scopes()) + missing())
        + Html.row("Access token", expiry(status.expiry()))
        + status.since().map(at -> Html.row("In this state since", Html.time(at))).orElse("");
  }

  private static String scopes(Scopes scopes) {
    List<String> names = scopes.toList();
    return names.isEmpty()
        ? "not known"
        : names.stream()
            .sorted()
            .map(name -> "<li><code>%s</code></li>".formatted(Html.escape(name)))
            .collect(Collectors.joining("", "<ul class=\"scopes\">", "</ul>"));
  }

  private String missing() {
    return profile
        .map(Profile::missing)
        .filter(scopes -> !scopes.isEmpty())
        .map(scopes -> "<p>Not granted: %s</p>".formatted(text(scopes.toString())))
        .orElse("");
  }

  private static String expiry(Expiry expiry) {
    return switch (expiry.certainty()) {
      case KNOWN -> "ends " + expiry.instant().map(Html::time).orElse("");
      case ESTIMATED ->
          "ends around "
              + expiry.instant().map(Html::time).orElse("")
              + " <span class=\"muted\">(an estimate: Salesforce does not say)</span>";
      case UNKNOWN -> "Salesforce does not say when it ends";
    };
  }

  private static String text(String value) {
    return "<span class=\"value\">%s</span>".formatted(Html.escape(value));
  }

  private static String code(String value) {
    return "<code>%s</code>".formatted(Html.escape(value));
  }

  private String actions() {
    boolean again = status.kind() == GrantStatus.Kind.NEEDS_CONSENT;
    String first =
        again
            ? Html.button(session, "/reconnect", "Connect again", "primary")
            : Html.button(session, "/call", "Call the API", "primary");
    return "<div class=\"actions\">%n%s%s</div>%n"
        .formatted(first, Html.button(session, "/disconnect", "Disconnect", "quiet"));
  }

  private String controls() {
    return fake && status.kind() == GrantStatus.Kind.ACTIVE
        ? """
        <section class="card" aria-labelledby="controls">
        <h2 id="controls">What can happen in Salesforce</h2>
        <p class="hint">These buttons do to the fake org what time or an admin does to a real one. Then call the API, and watch.</p>
        <div class="actions">
        %s%s%s</div>
        </section>
        """
            .formatted(
                Html.button(session, "/fake/end-session", "End the session", "plain"),
                Html.button(session, "/fake/disable-api", "Take API permission", "plain"),
                Html.button(session, "/fake/revoke", "Revoke access", "plain"))
        : "";
  }

  private String activity() {
    String entries =
        session.notices().stream()
            .skip(1) // which is the notice
            .map(
                entry ->
                    "<li class=\"%s\">%s <span>%s</span></li>%n"
                        .formatted(
                            word(entry.notice().tone()),
                            Html.time(entry.at()),
                            Html.escape(entry.notice().title())))
            .collect(Collectors.joining());
    return entries.isEmpty()
        ? ""
        : """
        <section class="card" aria-labelledby="activity">
        <h2 id="activity">Earlier</h2>
        <ol class="activity" reversed>
        %s</ol>
        </section>
        """
            .formatted(entries);
  }
}

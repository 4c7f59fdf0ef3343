package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.platform.Project;
import com.withampersand.sdk.platform.ProviderAppField;
import com.withampersand.sdk.platform.RegisteredProviderApp;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Compares the app in Ampersand with the declared one. It changes nothing. */
final class AmpersandCheck {
  private static final int MAX_PROJECTS = 20;

  private final AmpersandClient ampersand;
  private final FindingCollector collector;

  AmpersandCheck(AmpersandClient ampersand, FindingCollector collector) {
    this.ampersand = ampersand;
    this.collector = collector;
  }

  /** Tells whether users return to Ampersand; sends nothing. */
  boolean isCalledBack(URI callback) {
    URI onTheSameServer =
        ampersand.baseUrl().resolve(SalesforceApp.AMPERSAND_CALLBACK.getRawPath());
    boolean here =
        callback.equals(SalesforceApp.AMPERSAND_CALLBACK) || callback.equals(onTheSameServer);
    if (!here) {
      collector.found(FindingTexts.callbackElsewhere(callback));
    }
    return here;
  }

  void run(SalesforceApp app) {
    try {
      compare(app, ampersand.providerApps().plan(app));
      lookElsewhere(app);
    } catch (InvalidProviderAppException e) {
      e.violations().forEach(violation -> collector.found(FindingTexts.of(violation)));
    } catch (AmpersandException e) {
      throwIfInterrupted(e);
      collector.found(FindingTexts.ampersandNotChecked(e));
    }
  }

  private void compare(SalesforceApp app, ApplyResult plan) {
    switch (plan.outcome()) {
      case CREATED -> absent(app);
      case UPDATED -> collector.found(FindingTexts.providerAppDiffers(plan, details(app, plan)));
      case UNCHANGED ->
          collector.unseen("Whether Ampersand has the same Consumer Secret: it never returns one.");
    }
  }

  private void absent(SalesforceApp app) {
    List<String> others =
        ampersand.providerApps().list().stream()
            .filter(other -> other.provider().equals(app.provider()))
            .map(RegisteredProviderApp::id)
            .toList();
    collector.found(
        others.isEmpty()
            ? FindingTexts.providerAppMissing(ampersand.project())
            : FindingTexts.clientIdDiffers(ampersand.project(), others));
  }

  private static String details(SalesforceApp app, ApplyResult plan) {
    return plan.fields().contains(ProviderAppField.SCOPES)
        ? "Declared scopes: "
            + app.scopes()
            + "; registered: "
            + plan.app().map(held -> ProviderText.redacted(held.scopes().toString())).orElse("none")
            + "."
        : "";
  }

  /** What the credential does not permit to see is not a finding. */
  private void lookElsewhere(SalesforceApp app) {
    List<String> found = new ArrayList<>();
    List<Project> others;
    try {
      others = otherProjects();
    } catch (AmpersandException e) {
      throwIfInterrupted(e);
      unseen("other projects: the credential does not permit to list them");
      return;
    }
    others.stream()
        .limit(MAX_PROJECTS)
        .filter(other -> holds(other, app))
        .forEach(other -> found.add(other.name()));
    if (others.size() > MAX_PROJECTS) {
      unseen("more than " + MAX_PROJECTS + " other projects: only so many are checked");
    }
    if (!found.isEmpty()) {
      collector.found(FindingTexts.clientElsewhere(found));
    }
  }

  private List<Project> otherProjects() {
    String own = ampersand.project();
    return ampersand.projects().list().stream()
        .filter(project -> !project.id().equals(own) && !project.name().equals(own))
        .toList();
  }

  private boolean holds(Project other, SalesforceApp app) {
    try {
      return ampersand.inProject(other.id()).providerApps().list().stream()
          .anyMatch(
              held ->
                  held.provider().equals(app.provider()) && held.clientId().equals(app.clientId()));
    } catch (AmpersandException e) {
      throwIfInterrupted(e);
      unseen(
          "the project "
              + ProviderText.redacted(other.name())
              + ": its provider apps could not be read");
      return false;
    }
  }

  private static void throwIfInterrupted(AmpersandException e) {
    if (Thread.currentThread().isInterrupted()) {
      throw e;
    }
  }

  private void unseen(String where) {
    collector.unseen("Whether the same Consumer Key is used in " + where + ".");
  }
}

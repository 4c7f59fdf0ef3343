package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.platform.Project;
import com.withampersand.sdk.platform.ProviderAppField;
import com.withampersand.sdk.platform.RegisteredProviderApp;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** What Ampersand holds of an app, beside what is declared. It reads, and changes nothing. */
final class AmpersandCheck {
  private static final int MOST_PROJECTS = 20;

  private final AmpersandClient ampersand;
  private final Examination examination;

  AmpersandCheck(AmpersandClient ampersand, Examination examination) {
    this.ampersand = ampersand;
    this.examination = examination;
  }

  /** Tells whether users come back to Ampersand; sends nothing. */
  boolean isCalledBack(URI callback) {
    URI onTheSameServer =
        ampersand.baseUrl().resolve(SalesforceApp.AMPERSAND_CALLBACK.getRawPath());
    boolean here =
        callback.equals(SalesforceApp.AMPERSAND_CALLBACK) || callback.equals(onTheSameServer);
    if (!here) {
      examination.found(Findings.callbackElsewhere(callback));
    }
    return here;
  }

  void run(SalesforceApp app) {
    try {
      compare(app, ampersand.providerApps().plan(app));
      lookElsewhere(app);
    } catch (InvalidProviderAppException e) {
      e.violations().forEach(violation -> examination.found(Findings.of(violation)));
    } catch (AmpersandException e) {
      throwIfInterrupted(e);
      examination.found(Findings.ampersandNotChecked(e));
    }
  }

  private void compare(SalesforceApp app, ApplyResult plan) {
    switch (plan.outcome()) {
      case CREATED -> absent(app);
      case UPDATED -> examination.found(Findings.providerAppDiffers(plan, details(app, plan)));
      case UNCHANGED ->
          examination.unseen("Whether Ampersand holds the same Consumer Secret: it tells none.");
    }
  }

  private void absent(SalesforceApp app) {
    List<String> others =
        ampersand.providerApps().list().stream()
            .filter(other -> other.provider().equals(app.provider()))
            .map(RegisteredProviderApp::id)
            .toList();
    examination.found(
        others.isEmpty()
            ? Findings.providerAppMissing(ampersand.project())
            : Findings.clientIdDiffers(ampersand.project(), others));
  }

  private static String details(SalesforceApp app, ApplyResult plan) {
    return plan.fields().contains(ProviderAppField.SCOPES)
        ? "Declared are the scopes "
            + app.scopes()
            + ", registered "
            + plan.app().map(held -> held.scopes().toString()).orElse("none")
            + "."
        : "";
  }

  /** What the credential may not see is no finding. */
  private void lookElsewhere(SalesforceApp app) {
    List<String> found = new ArrayList<>();
    List<Project> others;
    try {
      others = otherProjects();
    } catch (AmpersandException e) {
      throwIfInterrupted(e);
      unseen("other projects: the credential does not show them");
      return;
    }
    others.stream()
        .limit(MOST_PROJECTS)
        .filter(other -> holds(other, app))
        .forEach(other -> found.add(other.name()));
    if (others.size() > MOST_PROJECTS) {
      unseen("more than " + MOST_PROJECTS + " other projects: so many are looked at");
    }
    if (!found.isEmpty()) {
      examination.found(Findings.clientElsewhere(found));
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
      unseen("the project " + other.name() + ": its provider apps could not be read");
      return false;
    }
  }

  private static void throwIfInterrupted(AmpersandException e) {
    if (Thread.currentThread().isInterrupted()) {
      throw e;
    }
  }

  private void unseen(String where) {
    examination.unseen("Whether the same Consumer Key is used in " + where + ".");
  }
}

package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.salesforce.DoctorReport.Finding;
import java.util.ArrayList;
import java.util.List;

/**
 * Findings as they come; each code once, and none with the secret, even if a server sends it back.
 * Used by one thread.
 */
final class Examination {
  private static final int SHORTEST_SECRET = 8;

  private final List<Finding> findings = new ArrayList<>();
  private final List<String> unseen = new ArrayList<>();
  private final String secret;

  Examination(String secret) {
    this.secret = secret;
  }

  void found(Finding finding) {
    if (!has(finding.code())) {
      findings.add(withoutSecret(finding));
    }
  }

  boolean has(String code) {
    return findings.stream().anyMatch(finding -> finding.code().equals(code));
  }

  /** Takes a guess back that turned out wrong. */
  void dismiss(String code) {
    findings.removeIf(finding -> finding.code().equals(code));
  }

  void unseen(String sentence) {
    unseen.add(withoutSecret(sentence));
  }

  private Finding withoutSecret(Finding finding) {
    return new Finding(
        finding.level(),
        finding.code(),
        withoutSecret(finding.seen()),
        finding.why(),
        finding.actor(),
        finding.remedy());
  }

  /** What is shorter is no secret, and may be part of any word. */
  private String withoutSecret(String text) {
    return secret.length() < SHORTEST_SECRET ? text : text.replace(secret, "***");
  }

  DoctorReport report() {
    return new DoctorReport(findings, unseen);
  }
}

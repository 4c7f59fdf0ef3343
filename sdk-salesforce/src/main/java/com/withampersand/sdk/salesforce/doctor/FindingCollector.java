package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects findings: each code once, and never with the secret, even if a server sends it back. Not
 * safe to share between threads.
 */
final class FindingCollector {
  private static final int MIN_SECRET = 8;

  private final List<Finding> findings = new ArrayList<>();
  private final List<String> unseen = new ArrayList<>();
  private final String secret;

  FindingCollector(String secret) {
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

  /** Removes a finding that was a guess, and wrong. */
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

  /** A shorter value is not a secret, and may be part of any word. */
  private String withoutSecret(String text) {
    return secret.length() < MIN_SECRET ? text : text.replace(secret, "***");
  }

  DoctorReport report() {
    return new DoctorReport(findings, unseen);
  }
}

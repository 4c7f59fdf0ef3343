package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.salesforce.DoctorReport.Finding;
import java.util.ArrayList;
import java.util.List;

/** Findings as they come; each code once. Used by one thread. */
final class Examination {
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> unseen = new ArrayList<>();

  void found(Finding finding) {
    if (!has(finding.code())) {
      findings.add(finding);
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
    unseen.add(sentence);
  }

  DoctorReport report() {
    return new DoctorReport(findings, unseen);
  }
}

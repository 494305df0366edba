"""Looking ahead: alerts, thresholds, demand and forecast."""

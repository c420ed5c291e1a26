"""From releases to risk: method lv-score/1 (design, domain 4). Pure, and fed by releases alone."""

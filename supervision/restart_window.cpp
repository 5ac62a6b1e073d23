#include "supervision/restart_window.h"

namespace naive::supervision {

bool RestartWindow::record(TimePoint now) {
  while (!restarts_.empty() && restarts_.front() < now - period_) restarts_.pop_front();
  restarts_.push_back(now);
  if (restarts_.size() <= max_restarts_) return true;
  restarts_.pop_front();
  return false;
}

}  // namespace naive::supervision

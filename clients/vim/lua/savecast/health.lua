-- SPDX-License-Identifier: MIT
-- :checkhealth savecast. The questions are asked in autoload/savecast/health.vim.
local health = vim.health or require('health')

return {
  check = function()
    (health.start or health.report_start)('savecast')
    for _, line in ipairs(vim.fn['savecast#health#report']()) do
      local level, text = line[1], line[2]
      local report = health[level] or health['report_' .. level]
      report(text)
    end
  end,
}

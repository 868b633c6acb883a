/** Of how many channels a page is merged, record by record: each one's share would be less than it has. */
const MANY = 64;

// Each channel gets a share of the page. What one does not need is shared by the others. The records of all are complete
// up to the first that is left out.
const SHARE = `
table.sort(wanted, function(x, y) return x.needs < y.needs end)
local left = maxBytes
for i, list in ipairs(wanted) do
  local share = math.floor(left / (#wanted - i + 1))
  list.taken = math.min(list.stop, list.start + maxCount)
  if needed(list, list.taken) > share then
    list.taken = first(list, list.start, list.taken, function(head)
      return head.total - headAt(list, list.start).total + headAt(list, list.start).size > share
    end)
  end
  left = left - needed(list, list.taken)
end
if earliest and earliest.taken == earliest.start then
  for _, list in ipairs(wanted) do list.taken = list.start end
  earliest.taken = earliest.start + 1
end
for _, list in ipairs(wanted) do
  if list.taken < list.stop then
    local head = headAt(list, list.taken)
    if not cut or isAfter(cut.ms, cut.n, head.ms, head.n) then cut = head end
  end
end`;

// The channels are a heap by the place of the next record of each. What is on top at the end is the first left out.
const MERGE = `
local heap, taken, takenBytes = {}, 0, 0
local function sink(i)
  local list = heap[i]
  while true do
    local child = 2 * i
    local right = heap[child + 1]
    if right and right.seq < heap[child].seq then child = child + 1 end
    if not heap[child] or heap[child].seq >= list.seq then break end
    heap[i], i = heap[child], child
  end
  heap[i] = list
end
for i, list in ipairs(wanted) do
  list.taken, list.seq = list.start, headAt(list, list.start).seq
  heap[i] = list
end
for i = math.floor(#heap / 2), 1, -1 do sink(i) end
while heap[1] do
  local list = heap[1]
  local head = headAt(list, list.taken)
  takenBytes = takenBytes + head.size
  if taken > 0 and (taken == maxCount or takenBytes > maxBytes) then
    cut = head
    break
  end
  taken, list.taken = taken + 1, list.taken + 1
  if list.taken < list.stop then
    list.seq = headAt(list, list.taken).seq
  else
    heap[1] = heap[#heap]
    heap[#heap] = nil
  end
  if heap[1] then sink(1) end
end`;

/** Answers with as much as fits into a page, and one record at least. */
export const FETCH = `
local function needed(list, stop)
  if stop <= list.start then return 0 end
  local head = headAt(list, list.start)
  return headAt(list, stop - 1).total - head.total + head.size
end
local wanted, earliest = {}, nil
for _, list in ipairs(lists) do
  if list.start < list.stop then
    list.needs = needed(list, list.stop)
    wanted[#wanted + 1] = list
    local head, best = headAt(list, list.start), earliest and headAt(earliest, earliest.start)
    if not best or isAfter(best.ms, best.n, head.ms, head.n) then earliest = list end
  end
end
local cut
if #wanted > ${MANY} then
  ${MERGE}
else
  ${SHARE}
end
local answer = { 'found', floorPlace, cut and string.format('%d-%d', cut.ms, cut.n) or '' }
for _, list in ipairs(wanted) do
  if list.taken > list.start then
    answer[#answer + 1] = tostring(list.index)
    answer[#answer + 1] = redis.call('LRANGE', list.key, 2 * list.start, 2 * list.taken - 1)
  end
end
return answer`;

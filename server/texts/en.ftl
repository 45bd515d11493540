# English. One message per thing that a person reads; the code names only the keys.

product = Broadgate
skip-to-content = Skip to content
steps-label = Steps of your purchase
step-plan = Plan
step-review = Review
step-pay = Pay
step-activate = Activate
step-done = Done
support-phone = Support: { $phone }
support-none = Help is available from your mobile operator.
offline-title = No answer from the network
offline-text = What you entered is kept. Check the connection and try again.

identify-title = Identify your SIM
identify-heading = Which SIM is in this PC?
identify-lead = We could not recognise your SIM by itself. Enter the number printed on it, and we will show the plans that fit.
identify-iccid = SIM card number (ICCID)
identify-iccid-hint = 19 or 20 digits, printed on the SIM and on its packaging. It begins with 89.
identify-submit = Find my plans
identify-error-form = This is not a SIM card number: it has 19 or 20 digits.
identify-error-unknown-title = No operator found for this SIM
identify-error-unknown = Check the digits. If they are right, this SIM belongs to an operator that does not sell here.

plans-title = Choose a plan
plans-heading = Choose a plan
plans-lead = Pick a { $brand } plan for your SIM { $sim } to get online.
plans-lead-plain = Pick a { $brand } plan to get online.
plans-legend = Plans
plans-submit = Continue
plans-error-title = Choose a plan first
plans-error-none = Select one of the plans below, then continue.
plans-error-gone = That plan is no longer sold. These are the plans of today.
plan-unlimited = Unlimited data
plan-data-mb = { $mb } MB data
plan-data-gb = { $gb } GB data
plan-valid-days = { $days ->
    [one] Valid for 1 day
   *[other] Valid for { $days } days
}
plan-valid-months = { $months ->
    [one] Valid for 1 month
   *[other] Valid for { $months } months
}
plan-valid-hours = { $hours ->
    [one] Valid for 1 hour
   *[other] Valid for { $hours } hours
}
plan-valid-other = Valid for { $period }
plan-resets = Starts anew each period
plan-no-renewal = Does not renew by itself
plan-tethering = Sharing with other devices allowed
plan-no-tethering = For this PC only
price-with-tax = including tax
price-without-tax = plus tax

review-title = Review your order
review-heading = Review your order
review-lead = Nothing is paid yet. The next page is the payment provider's.
review-plan = Plan
review-allowance = Allowance
review-validity = Validity
review-renewal = Renewal
review-sim = SIM
review-total = Total
review-note = By continuing you order this plan and agree to pay the total.
review-submit = Pay { $price }
review-change = Choose another plan

pay-title = Payment
pay-heading = Continue to payment
pay-lead = Your order is kept for you. You pay on the page of our payment provider.
pay-submit = Go to payment
pay-cancel = Cancel this order
pay-slow-title = The payment page does not open yet
pay-slow-text = Nothing was paid. Try again in a moment.
declined-heading = The payment was declined
declined-lead = No money was taken. Try again, perhaps with another card.
declined-alert-title = Payment declined
declined-alert-text = Your bank refused the payment. Nothing was charged.
declined-submit = Try another card
expired-heading = The payment window has closed
expired-lead = No money was taken. Your order is still here: pay when you are ready.
expired-submit = Pay now
cancelled-heading = Your order is cancelled
cancelled-lead = Nothing was charged.
cancelled-again = See the plans

wait-title = Activating your plan
wait-heading = We are activating your plan
wait-lead = The payment is complete. You may close this page: the activation goes on, and this address brings you back.
wait-label = Activation
wait-elapsed = Time so far
wait-estimate = { $seconds ->
    [0] This usually takes a moment.
    [one] This usually takes about 1 second. At most ten minutes.
   *[other] This usually takes about { $seconds } seconds. At most ten minutes.
}
wait-estimate-minutes = { $minutes ->
    [one] This usually takes about 1 minute. At most ten minutes.
   *[other] This usually takes about { $minutes } minutes. At most ten minutes.
}
wait-estimate-none = This can take up to ten minutes.

active-title = Your plan is active
active-heading = Your plan is active
active-lead = { $plan } is paid and active. If this PC is online already, there is nothing else to do.
active-valid-until = Valid until
active-paid = Paid
active-order = Order code
handover-submit = Set up this PC
handover-retry = Try again
handover-busy = Windows is setting up your connection…
handover-note = Windows will ask whether it may use { $brand }'s settings.
ways-heading = Set up by hand
ways-lead = If the connection does not come up by itself, use the signed file or type these settings exactly as they stand.
ways-file = Download the signed settings file
settings-apn = Access point name (APN)
settings-user = User name
settings-password = Password
settings-auth = Authentication

result-0-title = Set-up complete
result-0-heading = Set-up complete
result-0-lead = Windows has your { $brand } settings. This PC connects by itself from now on.
result-1-title = Windows could not finish the set-up
result-1-text = Your plan is active and paid. We will try again in a moment; if that does not help, tell support the order code below.
result-1-text-again = Your plan is active and paid. Try again, or tell support the order code below.
result-2-title = Our settings file was not accepted
result-2-text = This is our fault, not yours, and we have been told. Your plan is active: set the connection up by hand below, or tell support the order code.
result-3-title = Our settings file is not properly signed
result-3-text = This is our fault, not yours, and we have been told. Your plan is active: set the connection up by hand below, or tell support the order code.
result-4-title = The signature of our settings file is not valid
result-4-text = This is our fault, not yours, and we have been told. Your plan is active: set the connection up by hand below, or tell support the order code.
result-5-title = You cancelled the set-up
result-5-text = The plan is active, but Windows was not configured. Try again, or set the connection up by hand below.
result-6-title = This PC has no Wi-Fi
result-6-text = Your plan is active. Try again for mobile broadband alone.
result-7-title = No modem found
result-7-text = Your plan is active. Insert or switch on the mobile broadband modem, then try again.
result-8-title = Neither modem nor Wi-Fi found
result-8-text = Your plan is active. Insert or switch on the mobile broadband modem, then try again.

# How a plan is used.
decimal-mark = .
bytes-kb = { $amount } kB
bytes-mb = { $amount } MB
bytes-gb = { $amount } GB
bytes-tb = { $amount } TB
use-heading = Your data
use-bar = Data used
use-unknown = No use of this plan is known yet.
use-unknown-text = It is shown here as soon as your operator reports it.
use-of = { $used } of { $limit } used
use-only = { $used } used
use-left = { $left } left
use-beyond = { $beyond } over the limit
use-none-left = Nothing left
use-billed = Last updated { $at }, by your operator’s billing.
use-billed-and-counted = Last updated { $at }. This is an estimate: billing counted { $billed } up to { $billed_at }, the network’s counters the rest.
use-counted = Last updated { $at }. This is an estimate from the network’s counters: what you are billed may differ.
use-warning-over = Your limit is reached.
use-warning-close = You are close to your limit: { $percent } % is used.
use-warning-roaming = You are roaming: this SIM uses another operator’s network.
use-warning-pace = At the pace of the last days you will pass your limit before { $end }.
use-counted-since = Counted by the network since
use-own = This device
use-shared = Shared with other devices
use-roaming = Roaming
use-roaming-shared = { $all }, of which { $shared } shared
use-starts-anew = Starts anew
use-ends = Ends
use-ended = Ended
use-history = The last 14 days
use-history-highest = Most on a day: { $bytes }
use-history-table = The same as a table
use-history-day = Day (UTC)
use-history-all = Together
ended-title = Your plan has ended
ended-heading = Your plan has ended
ended-lead = { $plan } is over. To go online again, choose another plan.
told-submit = Got it
told-approaching-title = Most of your data is used
told-approaching-text = Since { $at } less than a fifth of it is left.
told-expired-title = Your plan has ended
told-expired-text = It ended on { $at }. To go online again, choose another plan.
told-roaming-title = You are roaming
told-roaming-text = Since { $at } this SIM uses another operator’s network. Data may cost more there.
told-home-title = You are back in the home network
told-home-text = Since { $at } this SIM uses its own operator’s network.
told-message-title = A message from { $brand }
told-message-text = It came on { $at }. Your device shows it.

failed-title = Activation did not work
failed-heading = The network could not activate your plan
failed-lead = Your payment is safe and on record. Tell support the order code below: they can activate the plan or give the money back.
refund-heading = Your money is on its way back
refund-lead = This payment arrived after the order had ended, so it is being returned in full.
refunded-heading = Your money was returned
refunded-lead = This payment arrived after the order had ended and was returned in full.
again-plans = See the plans

existing-title = You have an order already
existing-text = To be charged only once, finish or cancel this order before you place another.
paid-notice-title = This order is paid
paid-notice-text = A paid order cannot be cancelled here. Nothing was charged twice.

problem-title = Something is not right
missing-heading = This page does not exist
missing-lead = The address leads nowhere. Start from the beginning: nothing is lost or charged.
foreign-heading = This order is not open in this browser
foreign-lead = Orders are shown only where they were placed. Nothing was changed. If the order is yours, tell support its code.
session-heading = Your visit has ended
session-lead = For your safety a visit lasts a day. Nothing was charged by this. Start again from your mobile connection.
token-heading = This form is out of date
token-lead = It was opened in another visit or changed on its way. Nothing was done. Open the page again and repeat the step.
input-heading = That request could not be read
input-lead = Something in it is missing or too long. Nothing was done. Go back and try again.
busy-heading = We cannot save anything right now
busy-lead = Nothing was done and nothing charged. Try again in a minute.
start-again = Start again

pay-page-title = Sandbox payment
pay-page-heading = Pay { $price }
pay-page-lead = This is a payment provider for trying things out. No money moves.
pay-page-for = For
pay-page-card = Card number
pay-page-card-hint = 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined, 4000 0000 0000 3220 asks for a confirmation.
pay-page-expiry = Expiry date (MM/YY)
pay-page-cvc = Security code
pay-page-cvc-hint = Three digits.
pay-page-submit = Pay { $price }
pay-page-back = Go back without paying
pay-page-closed-heading = This payment is closed
pay-page-closed-lead = It was paid, cancelled or left too long. Go back to your order.
pay-page-closed-back = Back to the order
pay-page-error-title = Check the card
pay-page-error-card = This is not a card number that the sandbox knows.
pay-page-error-expiry = Enter a date in the future as MM/YY.
pay-page-error-cvc = Enter three digits.
pay-confirm-heading = Confirm the payment
pay-confirm-lead = Your bank asks whether it is really you.
pay-confirm-submit = Confirm
pay-confirm-refuse = Refuse

admin-product = Broadgate operator area
admin-login-heading = Sign in
admin-login-lead = For the operator's staff.
admin-name = Name
admin-password = Password
admin-password-hint = At least 12 characters.
admin-login-submit = Sign in
admin-login-error-title = Not signed in
admin-login-error = Name or password is wrong, or there were too many attempts: wait a quarter of an hour then.
admin-bootstrap-heading = Make the first account
admin-bootstrap-lead = Enter the bootstrap secret that the server printed when it started. It is valid for one hour and only while there is no account.
admin-secret = Bootstrap secret
admin-bootstrap-submit = Make the account
admin-bootstrap-error-title = No account was made
admin-bootstrap-error = The secret is wrong or too old, there is an account already, or name or password do not fit: the name has 1 to 64 letters, digits, dots or hyphens, the password at least 12 characters.
admin-home-heading = Orders
admin-home-lead = Signed in as { $name } ({ $role }). The latest orders stand first.
admin-home-none = No orders yet.
admin-tokens-link = Tokens
admin-tokens-lead = Tokens of machines. Each is shown once, when it is made.
admin-token-name = Name of a new token
admin-token-scopes = Scopes
admin-token-scopes-hint = Separated by blanks, such as orders:read usage:write billing:write entitlement:read matching:read
admin-token-submit = Make a token
admin-token-title = Token made
admin-token-text = Copy it now, it is not shown again: { $token }
admin-token-error-title = No token was made
admin-token-error = The name is taken or empty, or a scope is unknown.
admin-forbidden-title = Not allowed
admin-forbidden-text = Your role does not allow this. Nothing was done.
admin-order-heading = Order { $code }
admin-order-lead = { $brand }, { $plan }: { $state }
admin-audit-heading = Audit
admin-audit-lead = Who did what, the latest first.
admin-audit-link = Audit
admin-orders-link = Orders
admin-logout = Sign out

# The integrator's page of the operator area.
admin-match-link = Matching
admin-match-heading = Whose SIM is this?
admin-match-lead = Shows what a SIM matches in the catalogue that is served, why, and which settings it gets. What you type is neither stored nor logged.
admin-match-iccid = ICCID
admin-match-imsi = IMSI
admin-match-home-provider = Home provider name
admin-match-sid = SID
admin-match-provider-name = Provider name (CDMA)
admin-match-mode = Mode
admin-match-gsm = GSM, LTE and later
admin-match-cdma = CDMA
admin-match-host = Windows
admin-match-pin-locked = A PIN locks the SIM
admin-match-provisioned = A document of a purchase was applied
admin-match-submit = Find the brand
admin-match-found = The SIM is { $brand }’s, by its { $rule }
admin-match-nothing = Nobody’s: no brand of the catalogue matches
admin-match-hidden = Nothing is looked up until the PIN is entered
admin-match-trace = Rules in the order in which they are tried
admin-match-absent = no value
admin-match-no-match = no brand has it
admin-match-matched = decides
admin-match-shadowed = would match, but an earlier rule decides
admin-match-skipped-pin = not tried: the PIN hides the IMSI
admin-match-invalid = cannot be compared
admin-match-overlap = The { $rule } is { $brand }’s as well. It does not count, because the { $decides } is compared before it.
admin-match-ranges = { $rule } ranges around this number
admin-match-no-ranges = No brand has { $rule } ranges of this length.
admin-match-holds = in this range
admin-match-holds-not = outside
admin-match-settings = Effective settings
admin-match-head-rule = Rule
admin-match-head-value = Value
admin-match-head-outcome = Outcome
admin-match-head-brand = Brand
admin-match-head-from = From
admin-match-head-to = To
admin-match-head-this-number = This number
admin-match-head-setting = Setting
admin-match-head-source = Source
admin-match-head-shadows = Does not count
admin-match-setting-name = Name
admin-match-setting-icon = Icon
admin-match-setting-app = App
admin-match-setting-portal-url = Portal
admin-match-setting-tethering = Sharing
admin-match-setting-internet = Access point, Internet
admin-match-setting-purchase = Access point, purchase
admin-match-source-provisioning = document
admin-match-source-service-metadata = service metadata
admin-match-source-manual = typed by hand
admin-match-source-cosa-oem = COSA (OEM)
admin-match-source-cosa-base = COSA
admin-match-source-built-in = Windows
admin-match-why-outranked = a stronger source defines it
admin-match-why-host = this Windows does not read it there
admin-match-why-overwritten = a later package wrote over it
admin-match-why-app-set = an app is set
admin-match-sharing-always = allowed
admin-match-sharing-never = not allowed
admin-match-sharing-entitlement-check-required = the operator is asked

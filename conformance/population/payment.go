package population

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/spconform/spconform/conformance/identity"
	"github.com/spconform/spconform/spec"
	"github.com/spconform/spconform/spec/fixture"
)

// PatternPayment is the pattern of the interfaces whose population is accounts and links instead of records.
const PatternPayment = "payment"

// The interfaces of the pattern, by what they are loaded with.
const (
	disburse = "disburse"
	mapper   = "mapper"
)

// Account is an account that payments are made from and to, as a target of disburse is loaded with it
// (reg_record_type Account). Owner is the participant that may pay from it, empty for a beneficiary's.
// One that is not Linked is an address known by name that leads to no store of value. Balance is decimal text.
type Account struct {
	FA           string `json:"fa"`
	Owner        string `json:"owner,omitempty"`
	Name         string `json:"name"`
	CurrencyCode string `json:"currency_code"`
	Balance      string `json:"balance"`
	Linked       bool   `json:"linked"`
}

// Link ties a person of the registries to a financial address, as a target of mapper is loaded with it
// (reg_record_type Link). ID is uin:<UIN>@national-id. Status is active or inactive.
type Link struct {
	ID          string          `json:"id"`
	FA          string          `json:"fa"`
	Name        string          `json:"name"`
	PhoneNumber string          `json:"phone_number,omitempty"`
	Provider    AccountProvider `json:"account_provider_info"`
	Status      string          `json:"status"`
}

// AccountProvider says who keeps an account.
type AccountProvider struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// Payments are the accounts and links of a population. Each list is long enough that scenarios need not
// share: what one spends or changes is no other's.
type Payments struct {
	// Payers are the client's accounts with PayerBalance each, Rivals another client's, Empty those of the
	// client without funds, and Savings those with PayerBalance in another currency.
	Payers, Rivals, Empty, Savings []Account
	// Payees are beneficiaries' accounts, Unlinked addresses that lead to none, Foreign accounts in another
	// currency, and Spare accounts to which nobody is linked.
	Payees, Unlinked, Foreign, Spare []Account
	// Linked are the links of those who have one, Inactive those that lead to a closed account, and Unheld
	// are ids of persons who have no link, with a spare account's address.
	Linked, Inactive, Unheld []Link

	// applicants are the links of those who apply to schemes, seconds further addresses of theirs; neither are in
	// the lists above.
	applicants, seconds []Link
}

// What the payers hold.
const (
	PayerBalance    = "1000.00"
	Currency        = "USD"
	ForeignCurrency = "EUR"
)

// How many accounts of each sort of payer there are.
const (
	payers      = 240
	otherPayers = 40
)

var providers = []AccountProvider{{"National Bank", "national-bank"}, {"Farmers' Union", "farmers-union"}, {"Mobile Purse", "mobile-purse"}}

// newPayments gives everybody who lives an address, and most a link to it.
func newPayments(from source, people *world) *Payments {
	random := from.stream("payments")
	made := &Payments{}
	spender, rival := identity.ID(identity.Client), identity.ID(identity.Other)
	account := func(owner, balance, currency string) Account {
		return Account{FA: "account:" + accountNumber(random) + "@treasury", Owner: owner, Name: "Programme account",
			CurrencyCode: currency, Balance: balance, Linked: true}
	}
	for range payers {
		made.Payers = append(made.Payers, account(spender, PayerBalance, Currency))
	}
	for range otherPayers {
		made.Rivals = append(made.Rivals, account(rival, PayerBalance, Currency))
		made.Empty = append(made.Empty, account(spender, "0.00", Currency))
		made.Savings = append(made.Savings, account(spender, PayerBalance, ForeignCurrency))
	}
	for at, someone := range people.residents() {
		if someone.died.IsZero() {
			made.add(at, someone, random)
		}
	}
	for _, someone := range people.newcomers() {
		if someone.died.IsZero() {
			made.applicants = append(made.applicants, people.linkOf(someone))
			made.seconds = append(made.seconds, people.secondOf(someone))
		}
	}
	return made
}

// add gives one person an address: each fourth two that nobody is linked to, one of which leads nowhere, each eleventh an account in
// another currency, each thirteenth one that was closed.
func (m *Payments) add(at int, someone *person, random *rand.Rand) {
	provider := one(random, providers)
	held := Account{FA: "account:" + accountNumber(random) + "@" + provider.Code, Name: someone.given + " " + someone.surname,
		CurrencyCode: Currency, Balance: "0.00", Linked: true}
	link := Link{ID: "uin:" + someone.uin + "@national-id", FA: held.FA, Name: held.Name, Provider: provider, Status: "active"}
	if len(someone.phones) > 0 {
		link.PhoneNumber = someone.phones[0]
	}
	switch {
	case at%4 == 3:
		spare := held
		spare.FA = "account:" + accountNumber(random) + "@" + provider.Code
		held.Linked, link.FA = false, spare.FA
		m.Unlinked, m.Spare, m.Unheld = append(m.Unlinked, held), append(m.Spare, spare), append(m.Unheld, link)
		return
	case at%11 == 10:
		held.CurrencyCode = ForeignCurrency
		m.Foreign = append(m.Foreign, held)
	case at%13 == 12:
		held.Linked, link.Status = false, "inactive"
		m.Unlinked, m.Inactive = append(m.Unlinked, held), append(m.Inactive, link)
		return
	default:
		m.Payees = append(m.Payees, held)
	}
	m.Linked = append(m.Linked, link)
}

func accountNumber(random *rand.Rand) string {
	return fmt.Sprintf("%012d", random.Int64N(1_000_000_000_000))
}

// Payments are the accounts and links, nil where no payment interface is in the population.
func (p *Population) Payments() *Payments { return p.payments }

// fixture lists what a target of the interface is loaded with.
func (m *Payments) fixture(described spec.Interface) []fixture.Record {
	var all []fixture.Record
	switch described.ID {
	case disburse:
		for _, account := range slices.Concat(m.Payers, m.Rivals, m.Empty, m.Savings, m.Payees, m.Unlinked, m.Foreign, m.Spare) {
			all = append(all, paymentRecord(described.ID, "Account", account))
		}
		for _, link := range slices.Concat(m.applicants, m.seconds) {
			all = append(all, paymentRecord(described.ID, "Account", Account{FA: link.FA, Name: link.Name,
				CurrencyCode: Currency, Balance: "0.00", Linked: true}))
		}
	case mapper:
		for _, link := range slices.Concat(m.Linked, m.Inactive, m.applicants) {
			all = append(all, paymentRecord(described.ID, "Link", link))
		}
	}
	return all
}

func paymentRecord(iface, kind string, of any) fixture.Record {
	raw, err := json.Marshal(of)
	if err != nil {
		panic(fmt.Sprintf("population: a %s does not encode: %v", kind, err)) // texts and a boolean always do
	}
	return fixture.Record{Interface: iface, RegRecordType: kind, Data: raw}
}

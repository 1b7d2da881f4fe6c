// Package cloud reaches OpenStack clouds: those of a clouds.yaml, which is a secret, as the section "openstack" of the
// configuration admits them.
//
// A [Cloud] is one account in one project of one region. It logs in when it is first asked for something, keeps the token in
// memory until shortly before it expires, and renews it once when it is refused. [Cloud.Client] gives gophercloud's client of a
// service, with a microversion that both sides know. Below it, every request has a time limit and a size limit; one that only
// reads is repeated a few times when nothing came of it, one that changes something never is. Whatever goes wrong is a [Fault],
// which says whether it may pass, and whether what was asked for may have happened all the same.
package cloud

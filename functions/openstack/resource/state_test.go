package resource

import "testing"

func TestTheStateOfAServer(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]State{
		"ACTIVE": Ready, "VERIFY_RESIZE": Ready, "BUILD": Building, "REBUILD": Building, "REBOOT": Building, "UNKNOWN": Building, "": Building,
		"SHUTOFF": Stopped, "SHELVED_OFFLOADED": Stopped, "SOFT_DELETED": Stopped, "ERROR": Failed, "DELETED": Absent,
	} {
		if got, _ := (novaServer{Status: status}).state(); got != want {
			t.Errorf("%s is %s, and not %s", status, got, want)
		}
	}
	if got, _ := (novaServer{Status: "ACTIVE", Task: "deleting"}).state(); got != Going {
		t.Errorf("one that is being deleted is %s", got)
	}
	got, why := (novaServer{Status: "ERROR", Task: "deleting", Fault: &novaFault{Message: "No valid host was found. "}}).state()
	if got != Failed || why != "No valid host was found." {
		t.Errorf("one whose deletion failed is %s: %s", got, why)
	}
}

func TestTheStateOfAStack(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]State{
		"CREATE_IN_PROGRESS": Building, "CREATE_COMPLETE": Ready, "UPDATE_COMPLETE": Ready, "CHECK_COMPLETE": Ready, "CREATE_FAILED": Failed,
		"UPDATE_FAILED": Failed, "DELETE_IN_PROGRESS": Going, "DELETE_FAILED": Failed, "DELETE_COMPLETE": Going, "ROLLBACK_COMPLETE": Failed,
		"ROLLBACK_IN_PROGRESS": Building, "SUSPEND_COMPLETE": Stopped, "INIT_COMPLETE": Building, "": Building,
	} {
		if got := (heatStack{Status: status}).state(); got != want {
			t.Errorf("%s is %s, and not %s", status, got, want)
		}
	}
}

func TestTheStateOfAVolume(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]State{
		"creating": Building, "downloading": Building, "available": Ready, "in-use": Ready, "attaching": Ready, "error": Failed, "error_deleting": Failed,
		"deleting": Going,
	} {
		if got, _ := (cinderVolume{Status: status}).state(); got != want {
			t.Errorf("%s is %s, and not %s", status, got, want)
		}
	}
	for status, want := range map[string]State{"in-use": Ready, "attaching": Building, "detaching": Going, "error_attaching": Failed} {
		if got := (cinderVolume{ID: "v", Status: status}).attachment("s"); got.State != want || got.ID != "s/v" {
			t.Errorf("attached, %s is %+v, and not %s", status, got, want)
		}
	}
}

func TestTheStateOfWhatNeutronKeeps(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]State{
		"ACTIVE": Ready, "DOWN": Ready, "": Ready, "ALLOCATING": Building, "BUILD": Building, "ERROR": Failed, "PENDING_DELETE": Going,
	} {
		if got, _ := statusOf(neutronThing{Status: status}); got != want {
			t.Errorf("%s is %s, and not %s", status, got, want)
		}
	}
}

func TestAServersAddressesBeginWithTheOneOutside(t *testing.T) {
	t.Parallel()
	s := novaServer{Addresses: map[string][]novaAddress{
		"b": {{"10.2.0.5", "fixed"}, {"203.0.113.7", "floating"}}, "a": {{"10.1.0.5", "fixed"}},
	}}
	got := s.addresses()
	if len(got) != 3 || got[0] != "203.0.113.7" || got[1] != "10.1.0.5" || got[2] != "10.2.0.5" {
		t.Errorf("they are %v", got)
	}
}

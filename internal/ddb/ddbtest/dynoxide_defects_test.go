package ddbtest

import "strings"

// dynoxideDefects are the checks that dynoxide 1.2.1 answers otherwise than
// AWS documents, each with the reason. What a later version mends fails the
// test until it is taken off the list.
func dynoxideDefects() map[string]string {
	defects := map[string]string{}
	for reason, names := range dynoxideDefectGroups() {
		for _, name := range strings.Fields(names) {
			defects[name] = reason
		}
	}
	return defects
}

// dynoxideDefectGroups lists the names of checks by what is behind them.
func dynoxideDefectGroups() map[string]string {
	return map[string]string{
		"a new index takes items whose attribute is not of the index key's type": `
			backfill/new_index_holds_old_items`,
		"does not bound the length of attribute names": `
			badvalue/name_too_long`,
		"takes a batch request or a transaction's action of two kinds, and carries out the first": `
			batch/refused_request_of_both_kinds transact/refused_action_of_two_kinds`,
		"compares number keys of a batch as text": `
			batch/refused_same_number_key_read_twice`,
		"counts what a projection leaves, not the item that was read": `
			capacity/projection_does_not_lower_a_get`,
		"a transaction sets and removes key attributes, which breaks the item": `
			updateerror/transact_key_attribute updateerror/transact_remove_key_attribute`,
		"a transaction does not look for overlapping paths": `
			updateerror/transact_path_and_its_child_element updateerror/transact_path_and_its_parent
			updateerror/transact_same_path_in_two_clauses updateerror/transact_same_path_twice`,
		"a condition is not checked against the types that its operators take, or only while it is evaluated": `
			condition/filter_between_bounds_of_two_types condition/filter_between_bounds_reversed condition/filter_less_with_bool
			condition/filter_less_with_list condition/filter_same_attribute_twice condition/filter_type_not_text
			condition/filter_type_unknown condition/put_less_with_bool condition/put_less_with_list
			condition/put_same_attribute_twice condition/put_type_not_text condition/put_type_unknown
			condition/transact_contains_itself condition/transact_less_with_bool condition/transact_less_with_list
			condition/transact_same_attribute_twice condition/transact_type_not_text condition/transact_type_unknown`,
		"reports what is wrong with an expression itself as the reason of a cancelled transaction": `
			condition/transact_begins_with_number_operand condition/transact_between_bounds_of_two_types
			condition/transact_between_bounds_reversed condition/transact_exists_of_a_value condition/transact_size_alone
			condition/transact_size_of_number_value transact/refused_condition_of_bad_syntax
			transact/refused_condition_with_a_reserved_word updateerror/transact_add_a_path updateerror/transact_add_list
			updateerror/transact_add_text updateerror/transact_add_with_equals updateerror/transact_append_number
			updateerror/transact_chained_arithmetic updateerror/transact_condition_function updateerror/transact_delete_number
			updateerror/transact_if_not_exists_of_a_value updateerror/transact_map_and_list_of_one_path
			updateerror/transact_multiplication updateerror/transact_name_not_defined updateerror/transact_name_not_used
			updateerror/transact_no_clause updateerror/transact_one_operand updateerror/transact_plus_text
			updateerror/transact_remove_with_value updateerror/transact_reserved_word
			updateerror/transact_reserved_word_in_remove updateerror/transact_set_a_value updateerror/transact_trailing_comma
			updateerror/transact_two_set_clauses updateerror/transact_unknown_function updateerror/transact_value_not_defined
			updateerror/transact_value_not_used`,
		"looks for undefined and unused values and names only where evaluation comes by, so that a condition that fails early hides them": `
			grammar/another_value_not_defined grammar/name_not_used grammar/value_not_used`,
		"takes function names in capitals, any length of IN, and any name of a value": `
			grammar/function_in_capitals grammar/too_many_in_operands grammar/value_with_a_dash`,
		"refuses legacy KeyConditions beside an expression, which AWS takes": `
			guregu/count_with_filter guregu/filter guregu/filter_and_limit guregu/filter_and_project guregu/project
			legacy/with_a_filter legacy/with_a_filter_and_a_projection legacy/with_a_projection`,
		"does not bound the keys of global indexes": `
			index/batch_global_key_too_long index/batch_global_sort_key_too_long index/put_global_key_too_long
			index/put_global_sort_key_too_long index/update_global_key_too_long index/update_global_sort_key_too_long`,
		"a local index does not fetch from the table what it lacks": `
			index/local_index_fetches_what_is_projected`,
		"does not refuse to project from a global index what it does not hold": `
			index/refused_projection_of_what_is_not_projected`,
		"the stream calls do not look at stream names, shards, limits or the sequence number's presence, and the description lacks fields": `
			iterator/describe iterator/refused_limit_zero iterator/refused_unknown_shard iterator/refused_unknown_stream
			iterator/refused_without_sequence_AFTER_SEQUENCE_NUMBER iterator/refused_without_sequence_AT_SEQUENCE_NUMBER`,
		"switching a stream off and on keeps its old records": `
			iterator/switched_off_and_on`,
		"a key condition is not checked against the key's type, nor for emptiness": `
			legacy/sort_key_wrong_type query/begins_with_on_number_key query/condition_begins_with_number
			query/condition_empty_partition query/condition_type_of_partition query/condition_type_of_sort`,
		"starts in another partition than the query's": `
			paging/start_in_another_partition`,
		"does not refuse a map and a list of one path": `
			projection/batch_map_and_list projection/get_map_and_list projection/query_map_and_list
			projection/transact_map_and_list`,
		"adds the key to the projection of a transactional read": `
			projection/transact_element projection/transact_elements_keep_their_order projection/transact_member_of_element
			projection/transact_nested projection/transact_one projection/transact_present_and_absent projection/transact_several
			projection/transact_spaces projection/transact_substitutes projection/transact_two_members_of_element
			projection/transact_two_nested`,
		"answers a body that is no object, and a negative limit, with the other kind of error": `
			protocol/body_is_a_list query/limit_negative`,
		"wants the partition key first in a key condition": `
			query/condition_sort_key_first`,
		"returns the key as the old item where there was none": `
			returns/update_of_no_item_ALL_OLD`,
		"names itself as the region of a record": `
			stream/fields_of_a_record`,
		"writes a record for a change that changes nothing": `
			stream/put_of_the_same stream/put_of_the_same_number_in_another_form stream/put_of_the_same_set_in_another_order
			stream/update_of_nothing stream/update_to_the_same`,
		"switches a stream on without a view": `
			table/refused_stream_without_view`,
		"takes an update without an expression": `
			transact/refused_update_without_expression updateerror/empty_expression updateerror/transact_empty_expression`,
		"switches expiry on or off twice": `
			ttl/refused_off_twice ttl/refused_on_twice`,
		"numbers of a set are compared as text with those of an expression": `
			update/add_to_number_set update/delete_number_from_set update/transact_add_to_number_set
			update/transact_delete_number_from_set`,
		"removes list elements one after another, not by their places before the update": `
			update/remove_list_elements update/transact_remove_list_elements`,
		"fills a list with nulls up to an index past its end": `
			update/set_past_the_end_and_remove update/set_past_the_end_appends update/set_two_past_the_end
			update/transact_set_past_the_end_and_remove update/transact_set_past_the_end_appends
			update/transact_set_two_past_the_end`,
		"removing from a map that is not there is no error": `
			updateerror/remove_in_absent_map updateerror/transact_remove_in_absent_map`,
	}
}

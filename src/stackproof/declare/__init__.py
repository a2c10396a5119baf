"""What files outside declare (objectives, rules, routes), in the terms of the model; errors name file and line."""
